"""The pages as the files of a static site, from the same functions that serve them live."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import Any, Final

from evals.boundary import Boundary
from evals.leaderboard.assets import static_files
from evals.leaderboard.board import KS, page_count
from evals.leaderboard.links import StaticLinks, StaticPaths
from evals.leaderboard.pages import (
    render_board,
    render_boundary,
    render_passk,
    render_run,
    render_runs,
    render_sample,
    render_samples,
)
from evals.leaderboard.views import (
    BoardQuery,
    Choice,
    Neighbours,
    RunView,
    SamplePage,
    SampleQuery,
    SampleView,
)
from evals.report import Report

PAGE_SAMPLES: Final = 50

_FILTERS: Final = ("run", "model", "benchmark", "status")
_LISTS: Final = tuple(chosen for size in range(5) for chosen in combinations(_FILTERS, size))
"""Which filters are combined into lists of their own; files cannot filter on demand."""

_Renderer = Callable[[StaticLinks], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """All that a static site shows."""

    reports: Sequence[Report] = ()
    boundaries: Sequence[Boundary] = ()
    runs: Sequence[RunView] = ()
    samples: Sequence[SampleView] = ()
    """A selection: each becomes a file of its own."""


def render_site(site: Site) -> Iterator[tuple[str, bytes]]:
    """Every file of the site as its path, relative and with `/` between folders, and its content.

    Links go only to files of the site.
    """
    pages = dict(_pages(site))
    paths = frozenset(pages)
    for path, render in pages.items():
        links = StaticLinks(path.count("/"), paths)
        yield path, render(links).encode()
    for path, content in static_files().items():
        yield StaticPaths.asset(path), content


def _pages(site: Site) -> Iterator[tuple[str, _Renderer]]:
    models = len({report.model for report in site.reports})
    for k in KS:
        for page in range(1, page_count(models) + 1):
            query = BoardQuery(k=k, page=page)
            yield StaticPaths.board(query), partial(render_board, site.reports, query=query)
    yield StaticPaths.passk, partial(render_passk, site.reports)
    yield StaticPaths.boundary, partial(render_boundary, site.boundaries)
    yield StaticPaths.runs, partial(render_runs, [run.summary for run in site.runs])
    for run in site.runs:
        yield StaticPaths.run(run.summary.id), partial(render_run, run)
    for filters in _LISTS:
        yield from _list_pages(site.samples, filters)
    for at, sample in enumerate(site.samples):
        beside = Neighbours(
            previous=site.samples[at - 1].id if at else None,
            next=site.samples[at + 1].id if at + 1 < len(site.samples) else None,
        )
        yield StaticPaths.sample(sample.id), partial(render_sample, sample, neighbours=beside)


def _list_pages(samples: Sequence[SampleView], filters: Sequence[str]) -> Iterator[tuple[str, _Renderer]]:
    """The pages of every list that these filters make, each value that occurs being chosen in turn."""
    lists: dict[SampleQuery, list[SampleView]] = {} if filters else {SampleQuery(): []}
    for sample in samples:
        fields: dict[str, Any] = {name: _value(sample, name) for name in filters}
        if all(fields.values()):
            lists.setdefault(SampleQuery(**fields), []).append(sample)
    for query, members in lists.items():
        choices = {name: _choices(samples, query, name) for name in _FILTERS}
        for first in range(0, max(1, len(members)), PAGE_SAMPLES):
            end = first + PAGE_SAMPLES
            page = SamplePage(
                samples=tuple(members[first:end]),
                query=replace(query, after=str(first) if first else ""),
                after=str(end) if end < len(members) else None,
                total=len(members),
                choices={name: values for name, values in choices.items() if values},
            )
            yield StaticPaths.samples(page.query), partial(render_samples, page)


def _choices(samples: Sequence[SampleView], query: SampleQuery, name: str) -> tuple[Choice, ...]:
    """What may be chosen for one filter while the others stay as they are."""
    others = {other: wanted for other in _FILTERS if other != name and (wanted := getattr(query, other))}
    counts = Counter(
        _value(sample, name)
        for sample in samples
        if all(_value(sample, other) == wanted for other, wanted in others.items())
    )
    return tuple(Choice(value=value, count=count) for value, count in counts.items() if value)


def _value(sample: SampleView, name: str) -> str:
    if name == "status":
        return sample.verdicts[0].status if sample.verdicts else ""
    return str(getattr(sample, name))
