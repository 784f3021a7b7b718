"""What the pages show, as plain data that the caller fills from wherever it keeps it.

Scores are not here: the board, pass@k and boundary pages take `evals.report.Report` and
`evals.boundary.Boundary` as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rewards.problem import Domain
from rewards.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One training run, as the list of runs shows it."""

    id: str
    name: str
    status: str
    step: int
    """The last step that was done."""
    steps: int
    """Steps that the recipe asks for."""
    reward_mean: float | None = None
    """Of the last step."""
    started: str = ""
    """When it began, in words; shown as given."""
    updated: str = ""
    """When its last step ended, in words; shown as given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One training step's metrics by name. A metric that was not taken is absent, None or NaN."""

    step: int
    metrics: Mapping[str, float | None]
    timings: Mapping[str, float] = field(default_factory=dict)
    """Where the wall time went: seconds by part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """Something that happened to a run after a step: a reset, checkpoint, evaluation or stage."""

    step: int
    kind: str
    detail: Mapping[str, Any] | str | None = None
    """The numbers that the decision rests on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """One training run in full."""

    summary: RunSummary
    recipe: Mapping[str, Any] = field(default_factory=dict)
    """The resolved recipe; tables may nest."""
    steps: tuple[StepView, ...] = ()
    """In order of step."""
    events: tuple[EventView, ...] = ()
    """In order of step."""
    outcomes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Training rollouts by domain and verdict status: `{"math": {"correct": 3, "no_answer": 13}}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleView:
    """One rollout with what it was asked and how it was judged.

    One of training has `run` and `step`; one of measuring has `model` and `benchmark`.
    """

    id: str
    """Names its page; unique among all samples."""
    run: str = ""
    step: int | None = None
    model: str = ""
    """Which weights drew it, as a report names them (`demo-1a2b3c4d@300`)."""
    benchmark: str = ""
    problem_id: str
    domain: Domain
    source: str = ""
    level: str = ""
    index: int = 0
    """Which of the problem's samples this is, from 0."""
    prompt: str
    completion: str
    tokens: int | None = None
    truncated: bool = False
    reference: Mapping[str, Any] | None = None
    """None where the reader may not see it."""
    reward: float | None = None
    """After the rubric; None where the answer was not judged."""
    verdicts: tuple[Verdict, ...] = ()
    """The one that counts comes first; a list of samples shows no other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleQuery:
    """Which samples a list shows. An empty field does not filter."""

    run: str = ""
    """A run's training rollouts."""
    step: int | None = None
    model: str = ""
    benchmark: str = ""
    problem: str = ""
    status: str = ""
    """A value of `rewards.verdict.Outcome`."""
    after: str = ""
    """Where the list goes on, in the caller's own words; empty for its beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value that a filter may take."""

    value: str
    count: int | None = None
    """Samples that have it; None where nobody counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePage:
    """One page of a list of samples."""

    samples: tuple[SampleView, ...]
    query: SampleQuery = field(default_factory=SampleQuery)
    after: str | None = None
    """`SampleQuery.after` of the next page; None on the last one."""
    total: int | None = None
    """Samples that the filters let through, on all pages; None where nobody counted."""
    choices: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    """Filters on offer: values by the name of a field of `SampleQuery`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The ids of the samples before and after one, under the filters it was reached by."""

    previous: str | None = None
    next: str | None = None
    query: SampleQuery = field(default_factory=SampleQuery)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardQuery:
    """How the board is shown."""

    k: int = 1
    """Of pass@k."""
    sort: str = ""
    """The key of the column to sort by (`benchmark@version`); empty keeps the order of the reports."""
    ascending: bool = False
    page: int = 1
