"""What every room of the store writes alike: problems and verifiers once each, rollouts in bulk."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from db import mapping
from db.disagreements import note_disagreements
from db.errors import UnknownRecord
from db.tables import ProblemRow, RolloutRow, RunRow, Table, VerdictRow, VerifierRow
from evals.rollout import Rollout

Item = TypeVar("Item")

LOOKUP_ROWS = 500
"""Values in one `IN (...)`, below every engine's limit."""
CACHED_PROBLEMS = 200_000

VerifierName = tuple[str, str]
"""A verifier's name and version."""


@dataclass(slots=True)
class Keys:
    """Primary keys of problems and verifiers."""

    problems: dict[str, int] = field(default_factory=dict)
    verifiers: dict[VerifierName, int] = field(default_factory=dict)


class Catalog:
    """Keys that are known to be in the database, so that a step looks up only what is new."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._known = Keys()

    def keys_for(self, connection: Connection, rollouts: Sequence[Rollout]) -> Keys:
        """Keys of the rollouts' problems and verifiers, which are inserted where they are new.

        Give them to `remember` once the unit is committed, and not before: another unit must never
        refer to a row that was rolled back.
        """
        problems = {rollout.problem.id: rollout.problem for rollout in rollouts}
        keys = Keys(
            problems={key: self._known.problems[key] for key in problems if key in self._known.problems},
            verifiers=dict(self._known.verifiers),
        )
        for part in _parts(key for key in problems if key not in keys.problems):
            insert_missing(connection, ProblemRow, [mapping.problem_values(problems[key]) for key in part])
            found = select(ProblemRow.hash, ProblemRow.id).where(ProblemRow.hash.in_(part))
            keys.problems.update((key, id_) for key, id_ in connection.execute(found))
        names = {(rollout.verdict.verifier, rollout.verdict.version) for rollout in rollouts}
        for name, version in sorted(names - keys.verifiers.keys()):
            keys.verifiers[name, version] = _verifier_key(connection, name, version)
        return keys

    def prefer(self, name: str, version: str, key: int) -> None:
        """Count verdicts by `name` at `version` as those of the verifier `key`, whose row is committed."""
        self._known.verifiers[name, version] = key

    def remember(self, keys: Keys) -> None:
        """Take over keys whose unit is committed."""
        if len(self._known.problems) > CACHED_PROBLEMS:
            self._known.problems = {}
        self._known.problems |= keys.problems
        self._known.verifiers = keys.verifiers | self._known.verifiers


def insert_rollouts(
    connection: Connection, rollouts: Sequence[tuple[Rollout, bool]], keys: Keys, origin: dict[str, Any]
) -> None:
    """Insert rollouts and their verdicts.

    Args:
        connection: of a writing unit.
        rollouts: each with whether it was kept for the update.
        keys: of all their problems and verifiers.
        origin: the columns that say where they come from.
    """
    if not rollouts:
        return
    rollout_rows, verdict_rows = [], []
    for rollout_id, (rollout, kept) in zip(_new_ids(connection, len(rollouts)), rollouts, strict=True):
        verifier_id = keys.verifiers[rollout.verdict.verifier, rollout.verdict.version]
        row = mapping.rollout_values(
            rollout, problem_id=keys.problems[rollout.problem.id], verifier_id=verifier_id, kept=kept
        )
        rollout_rows.append(origin | {"id": rollout_id} | row)
        verdict_rows.append(
            mapping.verdict_values(rollout.verdict, rollout_id=rollout_id, verifier_id=verifier_id)
        )
    connection.execute(insert(RolloutRow), rollout_rows)
    connection.execute(insert(VerdictRow), verdict_rows)
    note_disagreements(connection, (rollout.verdict for rollout, _ in rollouts))


def run_key(connection: Connection, run_id: str) -> int:
    """The primary key of a run.

    Raises:
        UnknownRecord: no such run.
    """
    key = connection.scalar(select(RunRow.id).where(RunRow.key == run_id))
    if key is None:
        newest = connection.scalars(select(RunRow.key).order_by(RunRow.id.desc()).limit(5)).all()
        raise UnknownRecord(
            f"no run {run_id!r}: the newest are {', '.join(newest) or 'none, nothing ran yet'}"
        )
    return key


def _verifier_key(connection: Connection, name: str, version: str) -> int:
    """The one of this name and version that was opened last, or a row for one that is not registered."""
    found = (
        select(VerifierRow.id)
        .where(VerifierRow.name == name, VerifierRow.version == version)
        .order_by(VerifierRow.registered_at.is_(None), VerifierRow.registered_at.desc(), VerifierRow.id)
        .limit(1)
    )
    key = connection.scalar(found)
    if key is None:
        insert_missing(connection, VerifierRow, [{"name": name, "version": version}])
        key = connection.scalars(found).one()
    return key


def _new_ids(connection: Connection, count: int) -> Sequence[int]:
    """Keys for `count` rollouts, known beforehand: having rows returned one by one costs a third more."""
    if connection.dialect.name == "sqlite":  # whose writing units are alone
        last = connection.scalar(select(func.max(RolloutRow.id))) or 0
        return range(last + 1, last + 1 + count)
    sequence = func.nextval(func.pg_get_serial_sequence("rollout", "id"))
    return connection.scalars(select(sequence).select_from(func.generate_series(1, count))).all()


def insert_missing(connection: Connection, table: type[Table], values: list[dict[str, Any]]) -> None:
    """Insert rows, but for those whose unique columns are there already, perhaps by another process."""
    dialect_insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    connection.execute(dialect_insert(table).on_conflict_do_nothing(), values)


def _parts(items: Iterable[Item]) -> Iterator[list[Item]]:
    remaining = iter(items)
    while part := list(islice(remaining, LOOKUP_ROWS)):
        yield part
