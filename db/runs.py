"""Verbs on training runs: their steps with every rollout, and their events."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from db import mapping
from db.catalog import Catalog, insert_rollouts, run_key
from db.connection import Database, to_json
from db.errors import StoreError
from db.records import EventRecord, Outcomes, RunCounts, RunRecord, RunStatus, StepRecord
from db.tables import EvaluationRow, EventRow, RolloutRow, RunRow, StepRow, VerdictRow
from evals.rollout import Rollout
from rewards.verdict import Outcome


class RunVerbs:
    """The part of the store that a trainer writes."""

    _database: Database
    _catalog: Catalog

    def create_run(
        self,
        *,
        id: str,
        name: str,
        fingerprint: str,
        recipe: Mapping[str, Any],
        base_model: str,
        planned_steps: int,
    ) -> None:
        """Begin a run, with status `running`.

        Raises:
            StoreError: the id is taken.
        """
        moment = mapping.now()
        values = {
            "key": id,
            "name": name,
            "fingerprint": fingerprint,
            "recipe": recipe,
            "base_model": base_model,
            "planned_steps": planned_steps,
            "status": RunStatus.RUNNING.value,
            "created_at": moment,
            "updated_at": moment,
        }
        with self._database.writing() as connection:
            if connection.scalar(select(RunRow.id).where(RunRow.key == id)) is not None:
                raise StoreError(f"run {id!r} is there already: go on with it, or choose another id")
            connection.execute(insert(RunRow).values(values))

    def get_run(self, run_id: str) -> RunRecord:
        """The run called `run_id`.

        Raises:
            UnknownRecord: no such run.
        """
        with self._database.reading() as connection:
            query = select(RunRow).where(RunRow.id == run_key(connection, run_id))
            return mapping.run_record(connection.execute(query).one())

    def find_runs(self, fingerprint: str) -> list[RunRecord]:
        """The runs that have this fingerprint, newest first."""
        query = select(RunRow).where(RunRow.fingerprint == fingerprint).order_by(RunRow.id.desc())
        with self._database.reading() as connection:
            return [mapping.run_record(row) for row in connection.execute(query)]

    def runs(self) -> list[RunRecord]:
        """All runs, newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(RunRow).order_by(RunRow.id.desc()))
            return [mapping.run_record(row) for row in rows]

    def set_run_status(self, run_id: str, status: RunStatus | str) -> None:
        """Say where the run stands: `running`, `finished`, `stopped` or `failed`.

        Raises:
            UnknownRecord: no such run.
        """
        with self._database.writing() as connection:
            key = run_key(connection, run_id)
            values = {"status": RunStatus(status).value, "updated_at": mapping.now()}
            connection.execute(update(RunRow).where(RunRow.id == key).values(values))

    def keep_step(
        self,
        *,
        run_id: str,
        step: int,
        metrics: Mapping[str, float],
        timings: Mapping[str, float],
        kept: Sequence[Rollout],
        dropped: Sequence[Rollout],
    ) -> None:
        """Keep one training step with all its rollouts and verdicts, whole or not at all.

        Args:
            run_id: the run.
            step: from 1; a step is kept once.
            metrics: by name; a number that is not finite is kept as null.
            timings: seconds by part of the step.
            kept: rollouts that the update used.
            dropped: rollouts of groups that dynamic sampling left out.

        Raises:
            UnknownRecord: no such run.
            StoreError: the step is kept already, or the database failed.
        """
        rollouts = [(rollout, True) for rollout in kept] + [(rollout, False) for rollout in dropped]
        values = {
            "step": step,
            "metrics": metrics,
            "timings": timings,
            "n_kept": len(kept),
            "n_dropped": len(dropped),
            "outcomes": mapping.count_outcomes(rollout for rollout, _ in rollouts),
        }
        with self._database.writing() as connection:
            run = run_key(connection, run_id)
            there = select(StepRow.step).where(StepRow.run_id == run, StepRow.step == step)
            if connection.scalar(there) is not None:
                raise StoreError(f"step {step} of run {run_id!r} is kept already: rewind the run first")
            connection.execute(insert(StepRow).values(run_id=run, **values))
            keys = self._catalog.keys_for(connection, [rollout for rollout, _ in rollouts])
            insert_rollouts(connection, rollouts, keys, {"run_id": run, "step": step})
            connection.execute(update(RunRow).where(RunRow.id == run).values(updated_at=mapping.now()))
        self._catalog.remember(keys)

    def steps(self, run_id: str, *, after: int = -1) -> list[StepRecord]:
        """The run's steps beyond `after`, in order.

        Raises:
            UnknownRecord: no such run.
        """
        with self._database.reading() as connection:
            mine = StepRow.run_id == run_key(connection, run_id)
            query = select(StepRow).where(mine, StepRow.step > after).order_by(StepRow.step)
            return [mapping.step_record(row) for row in connection.execute(query)]

    def keep_event(self, run_id: str, step: int, kind: str, detail: Mapping[str, Any]) -> None:
        """Keep what happened at a step: `reset`, `stage`, `checkpoint`, `evaluation`, `alert`, `resume`...

        An event said again in the same words is one event, so that a run which goes on from its last
        checkpoint may say it again.

        Raises:
            UnknownRecord: no such run.
        """
        values = {"step": step, "kind": kind, "detail": detail, "created_at": mapping.now()}
        with self._database.writing() as connection:
            run = run_key(connection, run_id)
            query = select(EventRow.detail).where(
                EventRow.run_id == run, EventRow.step == step, EventRow.kind == kind
            )
            said = {to_json(known) for known in connection.scalars(query)}
            if to_json(detail) not in said:
                connection.execute(insert(EventRow).values(run_id=run, **values))

    def events(self, run_id: str) -> list[EventRecord]:
        """The run's events, by step and then as they came.

        Raises:
            UnknownRecord: no such run.
        """
        with self._database.reading() as connection:
            mine = EventRow.run_id == run_key(connection, run_id)
            query = select(EventRow).where(mine).order_by(EventRow.step, EventRow.id)
            return [mapping.event_record(row) for row in connection.execute(query)]

    def rewind_run(self, run_id: str, step: int) -> None:
        """Forget all of the run that came after `step`: steps, rollouts, verdicts, events, evaluations.

        A killed run does so before it goes on from its last checkpoint; -1 forgets everything, a
        measurement of the base model (step 0) included.

        Raises:
            UnknownRecord: no such run.
        """
        with self._database.writing() as connection:
            run = run_key(connection, run_id)
            for table in (RolloutRow, EvaluationRow, EventRow, StepRow):  # verdicts and reports go along
                connection.execute(delete(table).where(table.run_id == run, table.step > step))
            connection.execute(update(RunRow).where(RunRow.id == run).values(updated_at=mapping.now()))

    def counts(self, run_id: str) -> RunCounts:
        """How many rollouts and verdicts the run's training left.

        Counted row by row, as proof that nothing is missing or double, in time that grows with the
        run; `outcomes` has the same numbers from the steps at once.

        Raises:
            UnknownRecord: no such run.
        """
        with self._database.reading() as connection:
            mine = RolloutRow.run_id == run_key(connection, run_id)
            query = select(RolloutRow.status, func.count()).where(mine).group_by(RolloutRow.status)
            by_status = {Outcome(status): count for status, count in connection.execute(query)}
            joined = select(func.count()).select_from(VerdictRow).join(RolloutRow).where(mine)
            verdicts = connection.scalar(joined) or 0
        return RunCounts(rollouts=sum(by_status.values()), verdicts=verdicts, by_status=by_status)

    def outcomes(self, run_id: str) -> Outcomes:
        """Rollouts of the run's training by domain and verdict status.

        Raises:
            UnknownRecord: no such run.
        """
        totals: dict[str, dict[str, int]] = {}
        for step in self.steps(run_id):
            for domain, counts in step.outcomes.items():
                total = totals.setdefault(domain, {})
                for status, count in counts.items():
                    total[status] = total.get(status, 0) + count
        return totals
