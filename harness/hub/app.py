"""The hub over HTTP: rows come in, one row goes out for each, in the order given.

    POST /v1/grade         one row                  -> one row
    POST /v1/grade:batch   {"rows": [...]}          -> {"rows": [...]}
    GET  /healthz, /readyz, /metrics
    GET  /, /runs, ...     the page (`harness.hub.page`)

Bodies are read by hand: one malformed row among thousands is that row's affair. When the hub as a
whole cannot grade, the answer is 503 and no verdict; a failure of ours is never a reward of 0.

Not covered: accounts and tokens. The hub listens on the loopback address unless told otherwise.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import APIRouter, FastAPI, Request
from starlette.responses import JSONResponse, Response

from db.errors import StoreError
from db.store import Store
from harness.hub.dispatch import Dispatch
from harness.hub.measures import Measures
from harness.hub.page import install_page
from harness.hub.refusal import install_refusals
from harness.hub.wire import ROW, ROW_OUT, gives, many, read_body, read_json, read_rows, row_text, takes
from rewards.grader import grade_rows

GRADING_THREADS: Final = 32
"""Requests graded side by side; more wait. The page and the probes have threads of their own."""

_Result = TypeVar("_Result")


def create_app(*, dispatch: Dispatch, store: Store) -> FastAPI:
    """The hub's application. Who opened `dispatch` and `store` closes them."""
    measures = Measures()
    # Swagger's pages load scripts from elsewhere, and no page of ours may.
    app = FastAPI(title="prorl-harness hub", docs_url=None, redoc_url=None)
    install_refusals(app)
    app.include_router(_grading_router(dispatch, measures))
    app.include_router(_health_router(dispatch, store, measures))
    install_page(app, store)
    return app


def _grading_router(dispatch: Dispatch, measures: Measures) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["grading"])
    threads = CapacityLimiter(GRADING_THREADS)

    async def in_thread(call: Callable[[], _Result]) -> _Result:
        # Abandoned when the server stops: the dispatch is closed then, which ends the call.
        return await anyio.to_thread.run_sync(call, abandon_on_cancel=True, limiter=threads)

    def graded(rows: list[Any]) -> list[str]:
        with measures.request():
            answers = grade_rows(dispatch, rows)
        measures.count(answers)
        return [row_text(answer) for answer in answers]

    @router.post("/grade", openapi_extra=takes(ROW), responses=gives(ROW_OUT))
    async def grade(request: Request) -> Response:
        """Grade one row; a malformed one is answered with status `invalid_row`."""
        body = await read_body(request)
        return _json_response((await in_thread(lambda: graded([read_json(body)])))[0])

    @router.post("/grade:batch", openapi_extra=takes(many(ROW)), responses=gives(many(ROW_OUT)))
    async def grade_batch(request: Request) -> Response:
        """Grade many rows: exactly one out for each in, in order, malformed ones included."""
        body = await read_body(request)
        answers = await in_thread(lambda: graded(read_rows(body)))
        return _json_response(f'{{"rows": [{", ".join(answers)}]}}')

    return router


def _health_router(dispatch: Dispatch, store: Store, measures: Measures) -> APIRouter:
    router = APIRouter(tags=["health"])

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Whether the process answers."""
        return {"status": "ok"}

    @router.get("/readyz")
    def readyz() -> JSONResponse:
        """Whether rows can be graded now: 200, or 503 and which check failed."""
        checks = {"database": _database_trouble(store), "grading": dispatch.trouble()}
        ready = not any(checks.values())
        content = {"ready": ready, "checks": {name: trouble or "ok" for name, trouble in checks.items()}}
        return JSONResponse(content, status_code=200 if ready else 503)

    @router.get("/metrics")
    def metrics() -> Response:
        """What was counted since the start, for Prometheus."""
        return Response(measures.text(), media_type="text/plain; version=0.0.4")

    return router


def _json_response(text: str) -> Response:
    return Response(text, media_type="application/json")


def _database_trouble(store: Store) -> str | None:
    try:
        store.runs()
    except StoreError as error:
        return str(error)
    return None
