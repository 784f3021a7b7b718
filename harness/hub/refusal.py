"""How the hub says no: RFC 9457 problem details, one shape for every error."""

import json
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from db.errors import StoreError
from rewards.errors import GradingError

RETRY_SECONDS = "2"


def refusal(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    """One problem-details answer; `detail` says what was given, what is known and what to do."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    return Response(
        json.dumps(body), status_code=status, headers=headers, media_type="application/problem+json"
    )


def install_refusals(app: FastAPI) -> None:
    """Answer every error of the app in this shape. Our own failures are 503, to be tried again."""

    @app.exception_handler(HTTPException)
    def refused(_: Request, error: HTTPException) -> Response:
        headers = dict(error.headers) if error.headers else None
        return refusal(error.status_code, str(error.detail), headers)

    @app.exception_handler(RequestValidationError)
    def malformed(_: Request, error: RequestValidationError) -> Response:
        lines = (f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors())
        return refusal(422, "; ".join(lines))

    @app.exception_handler(GradingError)
    @app.exception_handler(StoreError)
    def failed(_: Request, error: Exception) -> Response:
        return refusal(503, str(error), {"Retry-After": RETRY_SECONDS})
