"""Between rows and the domain's types; what only one room of the store reads is mapped there."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from db.records import (
    EvaluationRecord,
    EventRecord,
    JobState,
    KeptReport,
    Outcomes,
    RunRecord,
    RunStatus,
    SampleLine,
    StepRecord,
)
from evals.benchmark import Benchmark, Relation
from evals.report import Report, Tally
from evals.rollout import Rollout
from evals.sampler import Completion, Sampling
from rewards.problem import Domain, Problem
from rewards.submission import Submission
from rewards.verdict import Outcome, Verdict

Values = dict[str, Any]
"""The values of one row, by column."""
AnyRow = Row[*tuple[Any, ...]]


def now() -> datetime:
    """The present in UTC, as the tables hold it."""
    return datetime.now(UTC).replace(tzinfo=None)


def clean(text: str) -> str:
    """`text` as every engine can keep it: what a model writes may hold NULs and lone surrogates."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")


# ------------------------------------------------------------------------------- to rows


def problem_values(problem: Problem) -> Values:
    """The row of a problem."""
    return {
        "hash": problem.id,
        "domain": problem.domain.value,
        "prompt": clean(problem.prompt),
        "verifier": problem.verifier,
        "reference": problem.reference,
        "source": problem.source,
        "level": problem.level,
    }


def rollout_values(rollout: Rollout, *, problem_id: int, verifier_id: int, kept: bool) -> Values:
    """The row of a rollout, but for where it comes from."""
    return {
        "problem_id": problem_id,
        "sample_index": rollout.index,
        "completion": clean(rollout.completion.text),
        "n_tokens": len(rollout.completion.token_ids),
        "truncated": rollout.completion.truncated,
        "kept": kept,
        "reward": rollout.reward,
        "verifier_id": verifier_id,
        "status": rollout.verdict.status.value,
    }


def verdict_values(verdict: Verdict, *, rollout_id: int, verifier_id: int) -> Values:
    """The row of a verdict."""
    return {
        "rollout_id": rollout_id,
        "verifier_id": verifier_id,
        "status": verdict.status.value,
        "reward": verdict.reward,
        "extracted": None if verdict.extracted is None else clean(verdict.extracted),
        "detail": verdict.detail,
        "wall_ms": verdict.wall_ms,
    }


def submission_json(submission: Submission) -> Values:
    """A submission as JSON, nothing cleaned: what is graded is what came in."""
    return {
        "id": submission.id,
        "verifier": submission.verifier,
        "response": submission.response,
        "reference": submission.reference,
    }


def as_json(value: Benchmark | Sampling | Report) -> Values:
    """One of the plain dataclasses as JSON."""
    return asdict(value)


def evaluation_values(
    *,
    model: str,
    run_id: str | None,
    step: int | None,
    benchmark: Benchmark,
    version: str,
    sampling: Sampling,
) -> Values:
    """The row of an evaluation just begun, but for its run's key."""
    moment = now()
    content = json.dumps([model, run_id, step, benchmark.name, version, as_json(sampling)], sort_keys=True)
    return {
        "identity": hashlib.sha256(content.encode()).hexdigest()[:32],
        "model": model,
        "step": step,
        "benchmark_name": benchmark.name,
        "benchmark_version": version,
        "benchmark": as_json(benchmark),
        "sampling": as_json(sampling),
        "created_at": moment,
        "updated_at": moment,
    }


def count_outcomes(rollouts: Iterable[Rollout]) -> Outcomes:
    """Rollouts by domain and verdict status."""
    counts = Counter((rollout.problem.domain.value, rollout.verdict.status.value) for rollout in rollouts)
    outcomes: dict[str, dict[str, int]] = {}
    for (domain, status), count in sorted(counts.items()):
        outcomes.setdefault(domain, {})[status] = count
    return outcomes


# ------------------------------------------------------------------------------- from rows


def problem(row: AnyRow) -> Problem:
    """The problem of a row that holds `problem`'s columns."""
    return Problem(
        domain=Domain(row.domain),
        prompt=row.prompt,
        verifier=row.verifier,
        reference=row.reference,
        source=row.source,
        level=row.level,
    )


def run_record(row: AnyRow) -> RunRecord:
    """The run of a row."""
    return RunRecord(
        id=row.key,
        name=row.name,
        fingerprint=row.fingerprint,
        recipe=row.recipe,
        base_model=row.base_model,
        planned_steps=row.planned_steps,
        status=RunStatus(row.status),
        created_at=row.created_at.replace(tzinfo=UTC),
        updated_at=row.updated_at.replace(tzinfo=UTC),
    )


def step_record(row: AnyRow) -> StepRecord:
    """The step of a row."""
    return StepRecord(
        step=row.step,
        metrics=row.metrics,
        timings=row.timings,
        n_kept=row.n_kept,
        n_dropped=row.n_dropped,
        outcomes=row.outcomes,
    )


def event_record(row: AnyRow) -> EventRecord:
    """The event of a row."""
    return EventRecord(
        step=row.step, kind=row.kind, detail=row.detail, created_at=row.created_at.replace(tzinfo=UTC)
    )


def evaluation_record(row: AnyRow) -> EvaluationRecord:
    """The evaluation of a row that also holds `run_key`."""
    return EvaluationRecord(
        id=row.id,
        model=row.model,
        run_id=row.run_key,
        step=row.step,
        benchmark=_benchmark(row.benchmark),
        version=row.benchmark_version,
        sampling=Sampling(**row.sampling),
        finished=row.reported is not None,
        created_at=row.created_at.replace(tzinfo=UTC),
        updated_at=row.updated_at.replace(tzinfo=UTC),
    )


def report(values: Values) -> Report:
    """The report that `as_json` wrote."""
    return Report(
        **values
        | {
            "domain": Domain(values["domain"]),
            "relation": Relation(values["relation"]),
            "sampling": Sampling(**values["sampling"]),
            "tallies": tuple(Tally(**tally) for tally in values["tallies"]),
        }
    )


def kept_report(row: AnyRow) -> KeptReport:
    """The report of a row that also holds its evaluation's `step` and `run_key`."""
    return KeptReport(
        report=report(row.report),
        evaluation_id=row.evaluation_id,
        run_id=row.run_key,
        step=row.step,
        created_at=row.created_at.replace(tzinfo=UTC),
    )


def verdict(row: AnyRow) -> Verdict:
    """The verdict of a row that also holds its verifier's `name` and `version`."""
    return Verdict(
        status=Outcome(row.status),
        reward=row.reward,
        extracted=row.extracted,
        detail=row.detail,
        verifier=row.name,
        version=row.version,
        wall_ms=row.wall_ms,
    )


def counted_rollout(row: AnyRow) -> Rollout:
    """As much of a rollout as counting looks at; its texts and tokens stay in the database."""
    return Rollout(
        problem=Problem(
            domain=Domain(row.domain), prompt="", verifier="", reference={}, source="", level=row.level
        ),
        index=row.sample_index,
        completion=Completion(text="", token_ids=(), truncated=row.truncated),
        verdict=Verdict(
            status=Outcome(row.status), reward=row.reward, verifier=row.name, version=row.version
        ),
        reward=row.reward,
    )


def sample_line(row: AnyRow) -> SampleLine:
    """A line in a list of samples, of a row with the rollout's and its problem's columns."""
    return SampleLine(
        id=row.rollout_id,
        problem=problem(row),
        run_id=row.run_key,
        step=row.step,
        evaluation_id=row.evaluation_id,
        index=row.sample_index,
        text=row.completion,
        n_tokens=row.n_tokens,
        truncated=row.truncated,
        kept=row.kept,
        reward=row.reward,
        status=Outcome(row.status),
    )


def job_state(row: AnyRow) -> JobState:
    """The state of a job's row."""
    return JobState(
        id=row.id,
        total=row.total,
        remaining=row.remaining,
        created_at=row.created_at.replace(tzinfo=UTC),
    )


def _benchmark(values: Values) -> Benchmark:
    return Benchmark(**values | {"relation": Relation(values["relation"])})
