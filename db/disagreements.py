"""Verbs on the queue of disagreements: answers on which a verifier's engines differ, for a person to settle.

A verdict says so itself: its `detail` has `engines`, true, false or null (no opinion) by engine, and
`gold`. A pair of gold and answer is in the queue once, however often it is seen and whichever version of
the verifier saw it. Whatever keeps verdicts notes their disagreements in the same unit.

Not covered: taking a sighting back. A step that is done again after a rewind is seen again.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from db import mapping
from db.connection import Database, to_json
from db.errors import UnknownRecord
from db.records import Disagreement, Label
from db.tables import DisagreementRow
from rewards.verdict import Outcome, Verdict

LATEST = ("version", "engines", "status", "reward", "last_seen_at")
"""Columns that follow the verdict that came last."""


class DisagreementVerbs:
    """The part of the store that holds what people are to settle."""

    _database: Database

    def keep_disagreements(self, verdicts: Iterable[Verdict]) -> None:
        """Note the disagreements among verdicts that are not kept themselves."""
        rows = _rows(verdicts)
        if rows:
            with self._database.writing() as connection:
                _upsert(connection, rows)

    def disagreements(
        self, verifier: str | None = None, *, labelled: bool | None = None
    ) -> list[Disagreement]:
        """The queue, most often seen first.

        Args:
            verifier: only of the verifier of this name.
            labelled: only those that a person has settled, or only those that are open.
        """
        query = select(DisagreementRow).order_by(DisagreementRow.seen.desc(), DisagreementRow.id)
        if verifier is not None:
            query = query.where(DisagreementRow.verifier == verifier)
        if labelled is not None:
            query = query.where(DisagreementRow.label.is_not(None) == labelled)
        with self._database.reading() as connection:
            return [_record(row) for row in connection.execute(query)]

    def label_disagreement(self, id: int, label: Label, *, by: str) -> None:
        """Say what the answer is; a later word replaces an earlier one.

        Raises:
            UnknownRecord: no such disagreement.
        """
        values = {"label": label.value, "labelled_by": by, "labelled_at": mapping.now()}
        settle = update(DisagreementRow).where(DisagreementRow.id == id).values(values)
        with self._database.writing() as connection:
            if connection.execute(settle).rowcount == 0:
                raise UnknownRecord(f"no disagreement {id}: `harness verifiers disagreements` lists them")


def note_disagreements(connection: Connection, verdicts: Iterable[Verdict]) -> None:
    """Put the disagreements among verdicts into the queue, within a writing unit that keeps the verdicts."""
    rows = _rows(verdicts)
    if rows:
        _upsert(connection, rows)


def _rows(verdicts: Iterable[Verdict]) -> list[mapping.Values]:
    """A row for each pair that is disputed; in one order everywhere, so that writers never wait in a ring."""
    rows: dict[str, mapping.Values] = {}
    for verdict in verdicts:
        detail = verdict.detail
        if isinstance(detail, dict) and _disputed(detail.get("engines")):
            row = _row(verdict, detail)
            row["seen"] += rows[row["hash"]]["seen"] if row["hash"] in rows else 0
            rows[row["hash"]] = row
    return [rows[key] for key in sorted(rows)]


def _disputed(engines: object) -> bool:
    return isinstance(engines, Mapping) and {True, False} <= {
        word for word in engines.values() if isinstance(word, bool)
    }


def _row(verdict: Verdict, detail: Mapping[str, Any]) -> mapping.Values:
    gold = detail.get("gold", "")
    gold = mapping.clean(gold if isinstance(gold, str) else to_json(gold))
    answer = mapping.clean(verdict.extracted or "")
    moment = mapping.now()
    return {
        "hash": hashlib.sha256(json.dumps([verdict.verifier, gold, answer]).encode()).hexdigest()[:32],
        "verifier": verdict.verifier,
        "version": verdict.version,
        "engines": detail["engines"],
        "status": verdict.status.value,
        "reward": verdict.reward,
        "gold": gold,
        "answer": answer,
        "seen": 1,
        "first_seen_at": moment,
        "last_seen_at": moment,
    }


def _upsert(connection: Connection, rows: list[mapping.Values]) -> None:
    dialect_insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    new = dialect_insert(DisagreementRow)
    latest = {column: new.excluded[column] for column in LATEST}
    changes = {"seen": DisagreementRow.seen + new.excluded["seen"], **latest}
    connection.execute(new.on_conflict_do_update(index_elements=["hash"], set_=changes), rows)


def _record(row: mapping.AnyRow) -> Disagreement:
    return Disagreement(
        id=row.id,
        verifier=row.verifier,
        version=row.version,
        gold=row.gold,
        answer=row.answer,
        engines=row.engines,
        status=Outcome(row.status),
        reward=row.reward,
        seen=row.seen,
        first_seen_at=row.first_seen_at.replace(tzinfo=UTC),
        last_seen_at=row.last_seen_at.replace(tzinfo=UTC),
        label=None if row.label is None else Label(row.label),
        labelled_by=row.labelled_by,
        labelled_at=None if row.labelled_at is None else row.labelled_at.replace(tzinfo=UTC),
    )
