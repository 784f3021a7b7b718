"""Verbs on evaluations: begun, gone on with, finished by a report."""

from collections.abc import Sequence

from sqlalchemy import Connection, and_, func, select, update

from db import mapping
from db.catalog import Catalog, insert_missing, insert_rollouts, run_key
from db.connection import Database
from db.errors import UnknownRecord
from db.records import EvaluationRecord, EvaluationState, KeptReport
from db.tables import EvaluationRow, ProblemRow, ReportRow, RolloutRow, RunRow, VerdictRow, VerifierRow
from evals.benchmark import Benchmark
from evals.report import Report, Tally, tally
from evals.rollout import Rollout
from evals.sampler import Sampling

COUNTED = (
    ProblemRow.hash,
    ProblemRow.domain,
    ProblemRow.level,
    RolloutRow.sample_index,
    RolloutRow.truncated,
    VerdictRow.status,
    VerdictRow.reward,
    VerifierRow.name,
    VerifierRow.version,
)
"""What a tally is counted from."""


class EvaluationVerbs:
    """The part of the store that a measurement writes, and that boards read."""

    _database: Database
    _catalog: Catalog

    def begin_evaluation(
        self,
        *,
        model: str,
        run_id: str | None,
        step: int | None,
        benchmark: Benchmark,
        version: str,
        sampling: Sampling,
    ) -> EvaluationState:
        """Begin an evaluation, or find the one that was begun with the same arguments.

        Args:
            model: which weights, as reports call them.
            run_id: the run whose checkpoint it is; None for any other model.
            step: of the checkpoint.
            benchmark: what is measured.
            version: `evals.benchmark.content_version` of its problems.
            sampling: how; `n` samples of each problem.

        Raises:
            UnknownRecord: no such run.
        """
        values = mapping.evaluation_values(
            model=model, run_id=run_id, step=step, benchmark=benchmark, version=version, sampling=sampling
        )
        found = select(EvaluationRow.id).where(EvaluationRow.identity == values["identity"])
        with self._database.writing() as connection:
            if connection.scalar(found) is None:
                values["run_id"] = None if run_id is None else run_key(connection, run_id)
                insert_missing(connection, EvaluationRow, [values])
            evaluation_id = connection.execute(found).scalar_one()
            kept = select(ReportRow.report).where(ReportRow.evaluation_id == evaluation_id)
            report = connection.scalar(kept)
            done = _whole_problems(connection, evaluation_id, sampling.n)
        return EvaluationState(
            id=evaluation_id,
            done_problem_ids=done,
            report=None if report is None else mapping.report(report),
        )

    def keep_evaluation_rollouts(self, evaluation_id: int, rollouts: Sequence[Rollout]) -> None:
        """Keep rollouts of an evaluation, all or none; what is kept of them already is left as it is.

        Raises:
            UnknownRecord: no such evaluation.
        """
        with self._database.writing() as connection:
            touch = update(EvaluationRow).where(EvaluationRow.id == evaluation_id)
            if connection.execute(touch.values(updated_at=mapping.now())).rowcount == 0:
                raise _unknown(evaluation_id)
            keys = self._catalog.keys_for(connection, rollouts)
            kept = select(RolloutRow.problem_id, RolloutRow.sample_index).where(
                RolloutRow.evaluation_id == evaluation_id, RolloutRow.problem_id.in_(keys.problems.values())
            )
            places = {(problem_id, index) for problem_id, index in connection.execute(kept)}
            new = {
                (keys.problems[rollout.problem.id], rollout.index): (rollout, True) for rollout in rollouts
            }
            missing = [rollout for place, rollout in new.items() if place not in places]
            insert_rollouts(connection, missing, keys, {"evaluation_id": evaluation_id})
        self._catalog.remember(keys)

    def tallies(self, evaluation_id: int) -> list[Tally]:
        """Tallies of the problems whose every sample is kept, in the order in which they were kept.

        Raises:
            UnknownRecord: no such evaluation.
        """
        with self._database.reading() as connection:
            n = _sampling(connection, evaluation_id).n
            query = (
                select(*COUNTED)
                .join(ProblemRow, ProblemRow.id == RolloutRow.problem_id)
                .join(
                    VerdictRow,
                    and_(
                        VerdictRow.rollout_id == RolloutRow.id,
                        VerdictRow.verifier_id == RolloutRow.verifier_id,
                    ),
                )
                .join(VerifierRow, VerifierRow.id == VerdictRow.verifier_id)
                .where(RolloutRow.evaluation_id == evaluation_id)
                .order_by(RolloutRow.id)
            )
            problems: dict[str, list[mapping.AnyRow]] = {}
            for row in connection.execute(query):
                problems.setdefault(row.hash, []).append(row)
        return [
            tally(problem_id, rows[0].level, n, map(mapping.counted_rollout, rows))
            for problem_id, rows in problems.items()
            if len(rows) >= n
        ]

    def finish_evaluation(self, evaluation_id: int, report: Report) -> None:
        """Keep the evaluation's report; said again, the first one stays.

        Raises:
            UnknownRecord: no such evaluation.
        """
        values = {
            "evaluation_id": evaluation_id,
            "report": mapping.as_json(report),
            "created_at": mapping.now(),
        }
        with self._database.writing() as connection:
            _sampling(connection, evaluation_id)
            insert_missing(connection, ReportRow, [values])

    def evaluations(self, run_id: str | None = None) -> list[EvaluationRecord]:
        """All evaluations, or those of one run's checkpoints, in the order in which they were begun.

        Raises:
            UnknownRecord: no such run.
        """
        query = (
            select(EvaluationRow, RunRow.key.label("run_key"), ReportRow.evaluation_id.label("reported"))
            .outerjoin(RunRow, RunRow.id == EvaluationRow.run_id)
            .outerjoin(ReportRow, ReportRow.evaluation_id == EvaluationRow.id)
            .order_by(EvaluationRow.id)
        )
        with self._database.reading() as connection:
            if run_id is not None:
                query = query.where(EvaluationRow.run_id == run_key(connection, run_id))
            return [mapping.evaluation_record(row) for row in connection.execute(query)]

    def reports(
        self, *, run_id: str | None = None, model: str | None = None, benchmark: str | None = None
    ) -> list[KeptReport]:
        """Reports of finished evaluations, by step and then as they were begun; each argument narrows them.

        Raises:
            UnknownRecord: no such run.
        """
        query = (
            select(ReportRow, EvaluationRow.step, RunRow.key.label("run_key"))
            .join(EvaluationRow, EvaluationRow.id == ReportRow.evaluation_id)
            .outerjoin(RunRow, RunRow.id == EvaluationRow.run_id)
            .order_by(EvaluationRow.step.is_(None), EvaluationRow.step, EvaluationRow.id)
        )
        if model is not None:
            query = query.where(EvaluationRow.model == model)
        if benchmark is not None:
            query = query.where(EvaluationRow.benchmark_name == benchmark)
        with self._database.reading() as connection:
            if run_id is not None:
                query = query.where(EvaluationRow.run_id == run_key(connection, run_id))
            return [mapping.kept_report(row) for row in connection.execute(query)]


def _whole_problems(connection: Connection, evaluation_id: int, n: int) -> frozenset[str]:
    whole = (
        select(RolloutRow.problem_id)
        .where(RolloutRow.evaluation_id == evaluation_id)
        .group_by(RolloutRow.problem_id)
        .having(func.count() >= n)
    )
    return frozenset(connection.scalars(select(ProblemRow.hash).where(ProblemRow.id.in_(whole))))


def _sampling(connection: Connection, evaluation_id: int) -> Sampling:
    values = connection.scalar(select(EvaluationRow.sampling).where(EvaluationRow.id == evaluation_id))
    if values is None:
        raise _unknown(evaluation_id)
    return Sampling(**values)


def _unknown(evaluation_id: int) -> UnknownRecord:
    return UnknownRecord(f"no evaluation {evaluation_id}: begin it first, or it was forgotten by a rewind")
