"""What the store gives back that has no type of its own on the floors below."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from evals.benchmark import Benchmark
from evals.report import Report
from evals.sampler import Sampling
from rewards.problem import Domain, Problem, Reference
from rewards.verdict import Outcome, Verdict


class RunStatus(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    """By its user; it can go on."""
    FAILED = "failed"


Outcomes = Mapping[str, Mapping[str, int]]
"""Rollouts by domain and verdict status: `{"math": {"correct": 3, "no_answer": 13}}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One training run as kept."""

    id: str
    name: str
    fingerprint: str
    """Equal for runs that the same recipe and data made."""
    recipe: Mapping[str, Any]
    base_model: str
    planned_steps: int
    status: RunStatus
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """One training step as kept."""

    step: int
    metrics: Mapping[str, float | None]
    """None where the number was not finite."""
    timings: Mapping[str, float]
    """Seconds by part of the step."""
    n_kept: int
    n_dropped: int
    outcomes: Outcomes


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """Something that happened to a run at a step."""

    step: int
    kind: str
    detail: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationState:
    """How far an evaluation got, for who goes on with it."""

    id: int
    done_problem_ids: frozenset[str]
    """Problems whose every sample is kept."""
    report: Report | None
    """Set once the evaluation is finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationRecord:
    """One evaluation as kept."""

    id: int
    model: str
    run_id: str | None
    step: int | None
    benchmark: Benchmark
    version: str
    sampling: Sampling
    finished: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReport:
    """A report with where it came from."""

    report: Report
    evaluation_id: int
    run_id: str | None
    step: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCounts:
    """How many rows a run's training left; its evaluations are not in it."""

    rollouts: int
    verdicts: int
    by_status: Mapping[Outcome, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleFilter:
    """Which rollouts to list: those of a run's training, of an evaluation, or of a benchmark.

    `run_id` alone means the run's training steps; with `benchmark` it means that run's evaluations
    on the benchmark.
    """

    run_id: str | None = None
    evaluation_id: int | None = None
    benchmark: str | None = None
    step: int | None = None
    status: Outcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLine:
    """One rollout in a list of samples."""

    id: int
    problem: Problem
    run_id: str | None
    """Of the training run; None for a rollout of an evaluation."""
    step: int | None
    evaluation_id: int | None
    index: int
    text: str
    n_tokens: int
    truncated: bool
    kept: bool
    reward: float | None
    status: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One rollout with every verdict on it; the one that counts comes first."""

    line: SampleLine
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePage:
    """A page of samples in the order in which they were drawn."""

    lines: tuple[SampleLine, ...]
    next_cursor: int | None
    """Give it back as `after` for the next page; None on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A grading job just created."""

    id: str
    chunk_ids: tuple[int, ...]
    """What the queue carries to the workers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobState:
    """How far a grading job got."""

    id: str
    total: int
    remaining: int
    """Submissions without a verdict; 0 when the job is done."""
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """One audit of one version of a verifier."""

    version: str
    code_hash: str
    passed: bool
    report: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierRecord:
    """One version of a verifier as kept."""

    name: str
    version: str
    code_hash: str
    """Empty where only its verdicts are known."""
    libraries: Mapping[str, str]
    configuration: Mapping[str, Any]
    registered_at: datetime | None
    """When it was last opened; None where only its verdicts are known."""
    last_audit: AuditRecord | None


class Label(StrEnum):
    """What a person says of a disputed answer."""

    CORRECT = "correct"
    INCORRECT = "incorrect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A gold and an answer on which a verifier's engines differ."""

    id: int
    verifier: str
    version: str
    """This, `engines`, `status` and `reward` are of the verdict that came last."""
    gold: str
    answer: str
    engines: Mapping[str, bool | None]
    """None where the engine had no opinion."""
    status: Outcome
    reward: float | None
    seen: int
    """How many verdicts had it."""
    first_seen_at: datetime
    last_seen_at: datetime
    label: Label | None
    labelled_by: str | None
    labelled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetRecord:
    """One revision of a published data set, as far as it is imported."""

    id: int
    name: str
    revision: str
    origin: str
    domain: Domain
    verifier: str
    template: str
    licence: str
    position: int
    """Upstream, of the first row that was not looked at yet."""
    finished: bool
    """Whether every upstream row was looked at."""
    taken: int
    duplicates: int
    quarantined: int
    others: int
    """Rows of a kind that the data set does not take."""
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One proved problem of a data set."""

    content: str
    """`Candidate.content`."""
    place: str
    """Where it stood upstream."""
    question: str
    reference: Reference
    level: str
    overlap: str
    """The benchmark that it repeats, with the words; empty where it repeats none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """One row that was not taken."""

    place: str
    reason: str
    excerpt: str
