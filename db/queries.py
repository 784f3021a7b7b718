"""Verbs that read rollouts for people: pages of samples, and one sample whole."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from db import mapping
from db.catalog import run_key
from db.connection import Database
from db.errors import StoreError, UnknownRecord
from db.records import Sample, SampleFilter, SamplePage
from db.tables import EvaluationRow, ProblemRow, RolloutRow, RunRow, VerdictRow, VerifierRow

Order = tuple[InstrumentedAttribute[Any], ...]

TRAINING_ORDER: Order = (RolloutRow.step, RolloutRow.id)
EVALUATION_ORDER: Order = (RolloutRow.evaluation_id, RolloutRow.problem_id, RolloutRow.sample_index)
"""Each as in an index after the filter's columns, so that the last page costs no more than the first."""

LINES = (
    select(
        RolloutRow,
        RunRow.key.label("run_key"),
        *(ProblemRow.domain, ProblemRow.prompt, ProblemRow.verifier),
        *(ProblemRow.reference, ProblemRow.source, ProblemRow.level),
    )
    .join(ProblemRow, ProblemRow.id == RolloutRow.problem_id)
    .outerjoin(RunRow, RunRow.id == RolloutRow.run_id)
)


class SampleVerbs:
    """The part of the store that the page reads rollouts by."""

    _database: Database

    def list_samples(self, wanted: SampleFilter, *, after: int | None = None, limit: int = 50) -> SamplePage:
        """A page of rollouts.

        Args:
            wanted: which; it names at least a run, an evaluation or a benchmark.
            after: the `next_cursor` of the page before.
            limit: lines a page.

        Raises:
            UnknownRecord: no such run, or the cursor's rollout is gone.
            StoreError: `wanted` names neither run, evaluation nor benchmark.
        """
        with self._database.reading() as connection:
            order, conditions = _scope(connection, wanted)
            if after is not None:
                conditions.append(tuple_(*order) > _place(connection, after, order))
            query = LINES.where(and_(*conditions)).order_by(*order).limit(limit + 1)
            rows = connection.execute(query).all()
        more = len(rows) > limit
        lines = tuple(mapping.sample_line(row) for row in rows[:limit])
        return SamplePage(lines=lines, next_cursor=lines[-1].id if more else None)

    def get_sample(self, rollout_id: int) -> Sample:
        """One rollout with every verdict on it.

        Raises:
            UnknownRecord: no such rollout.
        """
        verdicts = (
            select(VerdictRow, VerifierRow.name, VerifierRow.version)
            .join(VerifierRow, VerifierRow.id == VerdictRow.verifier_id)
            .where(VerdictRow.rollout_id == rollout_id)
        )
        with self._database.reading() as connection:
            row = connection.execute(LINES.where(RolloutRow.id == rollout_id)).one_or_none()
            if row is None:
                raise _unknown(rollout_id)
            first_that_counts = sorted(
                connection.execute(verdicts), key=lambda verdict: verdict.verifier_id != row.verifier_id
            )
        return Sample(
            line=mapping.sample_line(row), verdicts=tuple(mapping.verdict(each) for each in first_that_counts)
        )


def _scope(connection: Connection, wanted: SampleFilter) -> tuple[Order, list[ColumnElement[bool]]]:
    """The order to list in, and the conditions."""
    conditions = [] if wanted.status is None else [RolloutRow.status == wanted.status.value]
    if wanted.run_id is not None and wanted.benchmark is None and wanted.evaluation_id is None:
        conditions.append(RolloutRow.run_id == run_key(connection, wanted.run_id))
        if wanted.step is not None:
            conditions.append(RolloutRow.step == wanted.step)
        return TRAINING_ORDER, conditions
    conditions.append(RolloutRow.evaluation_id.in_(_evaluations(connection, wanted)))
    return EVALUATION_ORDER, conditions


def _evaluations(connection: Connection, wanted: SampleFilter) -> list[int]:
    if wanted.evaluation_id is None and wanted.benchmark is None:
        raise StoreError("samples are listed by run, evaluation or benchmark: name one")
    query = select(EvaluationRow.id)
    if wanted.evaluation_id is not None:
        query = query.where(EvaluationRow.id == wanted.evaluation_id)
    if wanted.benchmark is not None:
        query = query.where(EvaluationRow.benchmark_name == wanted.benchmark)
    if wanted.run_id is not None:
        query = query.where(EvaluationRow.run_id == run_key(connection, wanted.run_id))
    if wanted.step is not None:
        query = query.where(EvaluationRow.step == wanted.step)
    return list(connection.scalars(query))


def _place(connection: Connection, rollout_id: int, order: Order) -> tuple[Any, ...]:
    row = connection.execute(select(*order).where(RolloutRow.id == rollout_id)).one_or_none()
    if row is None:
        raise _unknown(rollout_id)
    return tuple(row)


def _unknown(rollout_id: int) -> UnknownRecord:
    return UnknownRecord(f"no rollout {rollout_id}: it never was, or it was forgotten by a rewind")
