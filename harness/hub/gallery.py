"""What the pages show, gathered from the store: for the live page and for the static export alike.

Not covered: lists by problem, which the store cannot filter by; such a query is refused.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from db.errors import UnknownRecord
from db.records import EvaluationRecord, KeptReport, RunRecord, SampleFilter, SampleLine, StepRecord
from db.store import Store
from evals.boundary import Boundary, classify
from evals.leaderboard.views import (
    Choice,
    EventView,
    RunSummary,
    RunView,
    SamplePage,
    SampleQuery,
    SampleView,
    StepView,
)
from evals.metrics import powers_of_two
from evals.report import Report
from rewards.verdict import UNJUDGED, Outcome, Verdict

PAGE_ROWS: Final = 50
MOST_DIGITS: Final = 19
"""More are no key of any database."""
LARGEST_K: Final = 128
"""Where ProRL reads the breadth of a model (arXiv 2505.24864, section 4)."""


class Unanswerable(Exception):
    """A query that no list of samples can be given for; the message says what can be asked."""


class Gallery:
    """The store's content as the views of `evals.leaderboard`."""

    def __init__(self, store: Store) -> None:
        """Read from `store`, which stays its opener's to close."""
        self._store = store

    def reports(self) -> list[Report]:
        """All reports, oldest first."""
        return [kept.report for kept in self._kept_reports()]

    def boundaries(self) -> list[Boundary]:
        """The boundary of each benchmark that a run measured at two checkpoints or more."""
        by_run: dict[str, list[KeptReport]] = defaultdict(list)
        for kept in self._kept_reports():
            if kept.run_id is not None:
                by_run[kept.run_id].append(kept)
        return [boundary for kept in by_run.values() for boundary in boundaries_of(kept)]

    def runs(self) -> list[RunSummary]:
        """All runs, newest first."""
        return [_summary(run, self._store.steps(run.id)) for run in self._store.runs()]

    def run(self, run_id: str) -> RunView:
        """One run in full.

        Raises:
            UnknownRecord: no such run.
        """
        run, steps = self._store.get_run(run_id), self._store.steps(run_id)
        return RunView(
            summary=_summary(run, steps),
            recipe=run.recipe,
            steps=tuple(
                StepView(step=step.step, metrics=step.metrics, timings=step.timings) for step in steps
            ),
            events=tuple(
                EventView(step=event.step, kind=event.kind, detail=event.detail)
                for event in self._store.events(run_id)
            ),
            outcomes=self._store.outcomes(run_id),
        )

    def samples(self, query: SampleQuery) -> SamplePage:
        """One page of the samples that a query asks for, in the order in which they were drawn.

        A query for nothing in particular is taken for the newest run's training.

        Raises:
            Unanswerable: the store cannot filter so.
            UnknownRecord: no such run, model or place.
        """
        evaluations = self._evaluations()
        runs = [run.id for run in self._store.runs()]
        if not (query.run or query.model or query.benchmark or query.problem):
            if not runs:
                return SamplePage(samples=(), query=query)
            query = replace(query, run=runs[0])
        after = _number(query.after, "a place in a list") if query.after else None
        page = self._store.list_samples(_filter(query, evaluations.values()), after=after, limit=PAGE_ROWS)
        return SamplePage(
            samples=tuple(_listed(line, evaluations) for line in page.lines),
            query=query,
            after=None if page.next_cursor is None else str(page.next_cursor),
            choices=_choices(query, runs, evaluations.values()),
        )

    def sample(self, sample_id: str) -> SampleView:
        """One sample with every verdict on it.

        Raises:
            UnknownRecord: no such sample.
        """
        sample = self._store.get_sample(_number(sample_id, "a sample's id"))
        return _sample_view(sample.line, self._evaluations(), sample.verdicts)

    def _kept_reports(self) -> list[KeptReport]:
        return sorted(self._store.reports(), key=lambda kept: kept.evaluation_id)

    def _evaluations(self) -> dict[int, EvaluationRecord]:
        return {evaluation.id: evaluation for evaluation in self._store.evaluations()}


def boundaries_of(kept: Sequence[KeptReport], *, k: int | None = None) -> list[Boundary]:
    """The boundary of each benchmark measured at a run's base and a later step.

    Args:
        kept: one run's reports.
        k: where breadth is read; by default 128, or less where there are under 256 samples.
    """
    by_benchmark: dict[str, dict[int, Report]] = defaultdict(dict)
    for each in kept:
        if each.step is not None:
            by_benchmark[each.report.benchmark][each.step] = each.report
    found = []
    for reports in by_benchmark.values():
        steps = sorted(reports)
        if len(steps) > 1:
            middle = reports[steps[len(steps) // 2]] if len(steps) > 2 else None
            final = reports[steps[-1]]
            carried = min(LARGEST_K, powers_of_two(max(1, final.sampling.n // 2))[-1])
            found.append(classify(reports[steps[0]], middle, final, k=k or carried))
    return found


def _summary(run: RunRecord, steps: Sequence[StepRecord]) -> RunSummary:
    last = steps[-1] if steps else None
    return RunSummary(
        id=run.id,
        name=run.name,
        status=run.status.value,
        step=last.step if last else 0,
        steps=run.planned_steps,
        reward_mean=last.metrics.get("reward_mean") if last else None,
        started=_in_words(run.created_at),
        updated=_in_words(run.updated_at),
    )


def _sample_view(
    line: SampleLine, evaluations: Mapping[int, EvaluationRecord], verdicts: Sequence[Verdict] = ()
) -> SampleView:
    evaluation = None if line.evaluation_id is None else evaluations.get(line.evaluation_id)
    return SampleView(
        id=str(line.id),
        run=line.run_id or "",
        step=line.step,
        model=evaluation.model if evaluation else "",
        benchmark=evaluation.benchmark.name if evaluation else "",
        problem_id=line.problem.id,
        domain=line.problem.domain,
        source=line.problem.source,
        level=line.problem.level,
        index=line.index,
        prompt=line.problem.prompt,
        completion=line.text,
        tokens=line.n_tokens,
        truncated=line.truncated,
        reference=line.problem.reference,
        reward=line.reward,
        verdicts=tuple(verdicts),
    )


def _listed(line: SampleLine, evaluations: Mapping[int, EvaluationRecord]) -> SampleView:
    """A line of a list: of the verdict, only how it came out."""
    reward = None if line.status in UNJUDGED else line.reward
    return _sample_view(line, evaluations, [Verdict(status=line.status, reward=reward)])


def _filter(query: SampleQuery, evaluations: Iterable[EvaluationRecord]) -> SampleFilter:
    if query.problem:
        raise Unanswerable("samples cannot be listed by problem yet; list a run's or a benchmark's")
    if query.model and not query.benchmark:
        raise Unanswerable("samples of a model are listed by benchmark: choose a cell of the board")
    found = [
        each.id for each in evaluations if (each.model, each.benchmark.name) == (query.model, query.benchmark)
    ]
    if query.model and not found:
        raise UnknownRecord(f"{query.model!r} was not measured on {query.benchmark!r}")
    return SampleFilter(
        run_id=query.run or None,
        evaluation_id=found[-1] if found else None,
        benchmark=query.benchmark or None,
        step=query.step,
        status=_outcome(query.status),
    )


def _choices(
    query: SampleQuery, runs: Sequence[str], evaluations: Iterable[EvaluationRecord]
) -> dict[str, tuple[Choice, ...]]:
    if query.benchmark:
        models = {each.model: None for each in evaluations if each.benchmark.name == query.benchmark}
        first = {"model": tuple(Choice(value=model) for model in models)}
    else:
        first = {"run": tuple(Choice(value=run) for run in runs)}
    return first | {"status": tuple(Choice(value=outcome.value) for outcome in Outcome)}


def _outcome(status: str) -> Outcome | None:
    if not status:
        return None
    if status not in set(Outcome):
        raise Unanswerable(f"no status {status!r}: have {', '.join(Outcome)}")
    return Outcome(status)


def _number(text: str, what: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < MOST_DIGITS):
        raise UnknownRecord(f"{what} is a number, not {text!r}")
    return int(text)


def _in_words(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
