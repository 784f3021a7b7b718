"""The page's routes: what the store holds, drawn by `evals.leaderboard`; nothing loads from elsewhere."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from db.errors import UnknownRecord
from db.store import Store
from evals.leaderboard.assets import STATIC_FOLDER
from evals.leaderboard.links import ServerLinks
from evals.leaderboard.pages import (
    CONTENT_SECURITY_POLICY,
    render_board,
    render_boundary,
    render_message,
    render_passk,
    render_run,
    render_runs,
    render_sample,
    render_samples,
)
from evals.leaderboard.views import BoardQuery, Neighbours, SampleQuery
from harness.hub.gallery import Gallery, Unanswerable

LINKS: Final = ServerLinks()
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class PageResponse(HTMLResponse):
    """A page with the headers that keep what a model wrote from doing anything in a browser."""

    def __init__(self, content: Any = None, status_code: int = 200, **options: Any) -> None:
        super().__init__(content, status_code, **options)
        self.headers.update(HEADERS)


def install_page(app: FastAPI, store: Store) -> None:
    """Serve the page on `app`."""
    app.mount("/static", StaticFiles(directory=STATIC_FOLDER))
    app.include_router(_router(Gallery(store)))
    app.add_exception_handler(UnknownRecord, _missing)
    app.add_exception_handler(Unanswerable, _unanswerable)


def _missing(_: Request, error: Exception) -> Response:
    return PageResponse(render_message("Not found", str(error), LINKS), 404)


def _unanswerable(_: Request, error: Exception) -> Response:
    return PageResponse(render_message("Nothing to list", str(error), LINKS), 400)


def _sample_query(  # noqa: PLR0913 - one argument for each part of the address
    run: str = "",
    step: Annotated[int | None, Query(ge=0)] = None,
    model: str = "",
    benchmark: str = "",
    problem: str = "",
    status: str = "",
    after: str = "",
) -> SampleQuery:
    return SampleQuery(
        run=run, step=step, model=model, benchmark=benchmark, problem=problem, status=status, after=after
    )


def _router(gallery: Gallery) -> APIRouter:
    router = APIRouter(default_response_class=PageResponse, include_in_schema=False)

    @router.get("/")
    def board(
        k: Annotated[int, Query(ge=1)] = 1,
        sort: str = "",
        order: str = "",
        page: Annotated[int, Query(ge=1)] = 1,
    ) -> Response:
        query = BoardQuery(k=k, sort=sort, ascending=order == "ascending", page=page)
        return PageResponse(render_board(gallery.reports(), LINKS, query))

    @router.get("/passk")
    def passk() -> Response:
        return PageResponse(render_passk(gallery.reports(), LINKS))

    @router.get("/boundary")
    def boundary() -> Response:
        return PageResponse(render_boundary(gallery.boundaries(), LINKS))

    @router.get("/runs")
    def runs() -> Response:
        return PageResponse(render_runs(gallery.runs(), LINKS))

    @router.get("/runs/{run_id}")
    def run(run_id: str) -> Response:
        return PageResponse(render_run(gallery.run(run_id), LINKS))

    @router.get("/samples")
    def samples(query: Annotated[SampleQuery, Depends(_sample_query)]) -> Response:
        return PageResponse(render_samples(gallery.samples(query), LINKS))

    @router.get("/samples/{sample_id}")
    def sample(sample_id: str, query: Annotated[SampleQuery, Depends(_sample_query)]) -> Response:
        return PageResponse(
            render_sample(gallery.sample(sample_id), LINKS, neighbours=Neighbours(query=query))
        )

    return router
