"""The pages: each function takes data and links and gives one whole HTML page.

Nothing is fetched, kept or timed here, so equal arguments give equal pages.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from evals.boundary import Boundary, BoundaryClass
from evals.leaderboard import figures
from evals.leaderboard.board import VALID_FLOOR, build_board, other_views, run_of
from evals.leaderboard.curves import build_curves, shown_models
from evals.leaderboard.links import Links
from evals.leaderboard.progress import (
    MOST_EVENTS,
    detail_items,
    flat_recipe,
    run_charts,
    table_metrics,
    table_steps,
)
from evals.leaderboard.views import (
    BoardQuery,
    Neighbours,
    RunSummary,
    RunView,
    SamplePage,
    SampleQuery,
    SampleView,
)
from evals.leaderboard.visible import excerpt, visible
from evals.report import Report
from rewards.verdict import Outcome

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src-elem 'self'; style-src-attr 'unsafe-inline'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What the pages need of a browser and no more; for the response header of that name."""


def render_board(reports: Sequence[Report], links: Links, query: BoardQuery | None = None) -> str:
    """Models by benchmarks."""
    board = build_board(reports, links, query or BoardQuery())
    return _render(
        "board",
        links,
        board=board,
        views=other_views(board, links),
        floor=VALID_FLOOR,
        turn=lambda number: links.board(replace(board.query, page=number)),
    )


def render_passk(reports: Sequence[Report], links: Links) -> str:
    """pass@k over k, one chart and one table a benchmark."""
    models = shown_models(reports)
    return _render(
        "passk",
        links,
        curves=build_curves(reports, models),
        models=models,
        left_out=len({report.model for report in reports}) - len(models),
    )


def render_boundary(boundaries: Sequence[Boundary], links: Links) -> str:
    """How each benchmark's boundary moved, with the numbers behind it."""
    counts = [(kind, sum(each.kind is kind for each in boundaries)) for kind in BoundaryClass]
    return _render("boundary", links, boundaries=boundaries, counts=counts)


def render_runs(runs: Sequence[RunSummary], links: Links) -> str:
    """All training runs, in the order given."""
    return _render("runs", links, runs=runs)


def render_run(run: RunView, links: Links) -> str:
    """One run's curves, events, numbers and recipe."""
    return _render(
        "run",
        links,
        run=run.summary,
        charts=run_charts(run),
        events=[(event, detail_items(event.detail)) for event in run.events[-MOST_EVENTS:]],
        events_left_out=max(0, len(run.events) - MOST_EVENTS),
        steps=table_steps(run.steps),
        steps_in_all=len(run.steps),
        metrics=table_metrics(run.steps),
        recipe=flat_recipe(run.recipe),
        outcomes=run.outcomes,
        statuses=[each for each in Outcome if any(each in counts for counts in run.outcomes.values())],
        samples_href=links.samples(SampleQuery(run=run.summary.id)),
    )


def render_samples(page: SamplePage, links: Links) -> str:
    """A list of samples with its filters."""
    query = page.query
    return _render(
        "samples",
        links,
        page=page,
        query=query,
        filters=_filters(page, links),
        first_href=links.samples(replace(query, after="")) if query.after else None,
        next_href=links.samples(replace(query, after=page.after)) if page.after is not None else None,
    )


def render_sample(sample: SampleView, links: Links, *, neighbours: Neighbours | None = None) -> str:
    """One sample in full."""
    beside = neighbours or Neighbours()
    return _render("sample", links, sample=sample, beside=beside, list_href=links.samples(beside.query))


def render_message(title: str, text: str, links: Links) -> str:
    """A page that only says something, such as what is not there and where to look instead."""
    return _render("message", links, title=title, text=text)


def _filters(
    page: SamplePage, links: Links
) -> list[tuple[str, list[tuple[str, str | None, bool, int | None]]]]:
    """For each filter its choices, as label, address, whether chosen, and count; the first clears it."""
    filters = []
    for name, choices in page.choices.items():
        chosen = getattr(page.query, name)
        entries: list[tuple[str, str | None, bool, int | None]] = [
            ("all", links.samples(_with(page.query, name, "")), not chosen, None)
        ]
        entries += [
            (each.value, links.samples(_with(page.query, name, each.value)), each.value == chosen, each.count)
            for each in choices
        ]
        filters.append((name, entries))
    return filters


def _with(query: SampleQuery, name: str, value: str) -> SampleQuery:
    fields: dict[str, Any] = {name: value, "after": ""}
    return replace(query, **fields)


def _render(template: str, links: Links, **values: Any) -> str:
    return (
        page_environment()
        .get_template(f"{template}.html.j2")
        .render(
            links=links,
            here=template,
            nav=[
                ("board", "Board", links.board(BoardQuery())),
                ("passk", "pass@k", links.passk()),
                ("boundary", "Boundary", links.boundary()),
                ("runs", "Runs", links.runs()),
                ("samples", "Samples", links.samples(SampleQuery())),
            ],
            **values,
        )
    )


@cache
def page_environment() -> Environment:
    """Where templates are found and how they show values: escaped, and made fit to show."""
    environment = Environment(
        loader=PackageLoader("evals.leaderboard"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.policies["json.dumps_kwargs"] = {"allow_nan": False}
    environment.filters |= {
        "percent": figures.percent,
        "signed_percent": figures.signed_percent,
        "number": figures.number,
        "excerpt": excerpt,
        "pretty_json": _pretty_json,
        "run_of": run_of,
    }
    environment.globals |= {"SampleQuery": SampleQuery, "ABSENT": figures.ABSENT}
    return environment


def _finalize(value: Any) -> Any:
    """What every `{{ value }}` goes through: None reads as absent, and text is made fit to show."""
    if value is None:
        return figures.ABSENT
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _pretty_json(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2, default=str)
