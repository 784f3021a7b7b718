"""The board: models by benchmarks, each cell a score with its interval and its counts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import Final

from evals.benchmark import Relation
from evals.leaderboard.figures import percent
from evals.leaderboard.links import Links
from evals.leaderboard.views import BoardQuery, SampleQuery
from evals.metrics import Estimate, average, pass_curve
from evals.report import Report
from rewards.problem import Domain
from rewards.rubric import BINARY

KS: Final = (1, 8, 64, 128)
VALID_FLOOR: Final = 0.99
"""A cell with a smaller share of judged samples is greyed: what is missing could change it."""
PAGE_ROWS: Final = 50

_GROUPS: Final = {
    Relation.TRAINED: "Trained tasks",
    Relation.HARDER: "Harder than trained",
    Relation.UNSEEN: "Unseen tasks",
}
_ELSEWHERE: Final = "Other domains"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One benchmark in one version."""

    key: str
    name: str
    version: str
    domain: Domain
    group: str
    measure: str
    """What its cells hold: `pass@k` or `mean reward`."""
    href: str | None
    """Where the board is sorted by this column; None where there is no sorting."""
    sorted: str
    """`ascending`, `descending` or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One model on one benchmark."""

    estimate: Estimate | None
    valid: int
    requested: int
    complete: bool
    """Whether enough of the requested samples were judged."""
    note: str
    """How it was measured, in one sentence."""
    href: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One model."""

    model: str
    href: str | None
    cells: tuple[Cell | None, ...]
    """One for each column; None where the model was not measured on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One page of the board."""

    columns: tuple[Column, ...]
    groups: tuple[tuple[str, int], ...]
    """Each group's title and how many columns it spans, in order."""
    rows: tuple[Row, ...]
    models: int
    """Rows on all pages."""
    pages: int
    query: BoardQuery


def build_board(reports: Sequence[Report], links: Links, query: BoardQuery) -> Board:
    """Lay the reports out; of several for one model and column the last counts."""
    latest = {(report.model, _key(report)): report for report in reports}
    models = list(dict.fromkeys(report.model for report in reports))
    columns = _columns(list({_key(report): report for report in reports}.values()), links, query)
    if query.sort in {column.key for column in columns}:
        models = _sorted_models(models, latest, query)
    first = (query.page - 1) * PAGE_ROWS
    return Board(
        columns=columns,
        groups=tuple(
            (title, len(list(each))) for title, each in groupby(columns, lambda column: column.group)
        ),
        rows=tuple(
            _row(model, [latest.get((model, column.key)) for column in columns], links, query.k)
            for model in models[first : first + PAGE_ROWS]
        ),
        models=len(models),
        pages=page_count(len(models)),
        query=query,
    )


def page_count(models: int) -> int:
    """Pages that a board of so many models has, at least one."""
    return max(1, -(-models // PAGE_ROWS))


@lru_cache(maxsize=2000)  # a bootstrap takes some 10 ms, and a board has many cells
def score(report: Report, k: int) -> Estimate | None:
    """What a cell shows: pass@k, or the mean reward at k = 1 of a domain whose rewards are continuous.

    None where too few samples were drawn or judged for this k.
    """
    if k == 1:
        return average(report, of="correct" if report.domain in BINARY else "reward")
    if k > max((tally.requested for tally in report.tallies), default=0):
        return None
    curve = pass_curve(report, ks=(k,))
    return curve.at(k) if curve else None


def run_of(model: str) -> str:
    """The run's id in a checkpoint's label (`RUN@STEP`); empty where the label is of another form."""
    run, _, step = model.rpartition("@")
    return run if step.isdecimal() and "/" not in run else ""


def _key(report: Report) -> str:
    return f"{report.benchmark}@{report.version}"


def _columns(reports: Sequence[Report], links: Links, query: BoardQuery) -> tuple[Column, ...]:
    trained = {report.domain for report in reports if report.relation is not Relation.UNSEEN}
    order = [*_GROUPS.values(), _ELSEWHERE]

    def group(report: Report) -> str:
        elsewhere = report.relation is Relation.UNSEEN and trained and report.domain not in trained
        return _ELSEWHERE if elsewhere else _GROUPS[report.relation]

    ordered = sorted(
        reports, key=lambda report: (order.index(group(report)), report.domain, report.benchmark)
    )
    return tuple(_column(report, group(report), links, query) for report in ordered)


def _column(report: Report, group: str, links: Links, query: BoardQuery) -> Column:
    key = _key(report)
    chosen = query.sort == key
    turned = BoardQuery(k=query.k, sort=key, ascending=chosen and not query.ascending)
    mean = query.k == 1 and report.domain not in BINARY
    return Column(
        key=key,
        name=report.benchmark,
        version=report.version,
        domain=report.domain,
        group=group,
        measure="mean reward" if mean else f"pass@{query.k}",
        href=links.board(turned),
        sorted=("ascending" if query.ascending else "descending") if chosen else "",
    )


def _sorted_models(
    models: Sequence[str], latest: dict[tuple[str, str], Report], query: BoardQuery
) -> list[str]:
    values = {}
    for model in models:
        report = latest.get((model, query.sort))
        estimate = score(report, query.k) if report else None
        if estimate:
            values[model] = estimate.value
    known = sorted(values, key=lambda model: values[model], reverse=not query.ascending)
    return known + [model for model in models if model not in values]


def _row(model: str, reports: Sequence[Report | None], links: Links, k: int) -> Row:
    cells = tuple(_cell(report, links, k) if report else None for report in reports)
    run = run_of(model)
    return Row(model=model, href=links.run(run) if run else None, cells=cells)


def _cell(report: Report, links: Links, k: int) -> Cell:
    estimate = score(report, k)
    sampling = report.sampling
    interval = estimate.interval if estimate else None
    says = f"95 % {percent(interval.low)} to {percent(interval.high)}, " if interval else ""
    return Cell(
        estimate=estimate,
        valid=sum(tally.valid for tally in report.tallies),
        requested=sum(tally.requested for tally in report.tallies),
        complete=report.valid_share >= VALID_FLOOR,
        note=f"{says}{len(report.tallies)} problems, n {sampling.n}, temperature {sampling.temperature:g}, "
        f"top-p {sampling.top_p:g}, at most {sampling.max_tokens} tokens, verifier {report.verifier}",
        href=links.samples(SampleQuery(model=report.model, benchmark=report.benchmark)),
    )


def other_views(board: Board, links: Links) -> tuple[tuple[str, str | None, bool], ...]:
    """The switch between ks: label, address and whether it is the one on show."""
    return tuple(
        (f"pass@{k}", links.board(replace(board.query, k=k, page=1)), k == board.query.k) for k in KS
    )
