"""Rows on the wire: what a request's body may be, how an answer is written, and the schemas of both."""

import json
from http import HTTPStatus
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request

from rewards.submission import row_out
from rewards.verdict import Outcome, Verdict

MAX_ROWS: Final = 4096
MAX_BODY_BYTES: Final = 64 * 2**20
MAX_DEPTH: Final = 200
"""Far beyond any row, and far below what the queue or a worker would trip over."""

ROW: Final = {
    "type": "object",
    "required": ["verifier", "response", "reference"],
    "properties": {
        "id": {"type": "string"},
        "verifier": {"type": "string"},
        "response": {"type": "string"},
        "reference": {"type": "object"},
    },
}
ROW_OUT: Final = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "reward": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
        "status": {"enum": [outcome.value for outcome in Outcome]},
        "extracted": {"type": ["string", "null"]},
        "detail": {},
        "verifier": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "version": {"type": "string"}},
        },
        "wall_ms": {"type": "number"},
    },
}


async def read_body(request: Request) -> bytes:
    """The request's body.

    Raises:
        HTTPException: 413, it is too long; nothing beyond the limit is read.
    """
    _require_short(int(request.headers.get("content-length", 0)))
    body = bytearray()
    async for part in request.stream():
        body += part
        _require_short(len(body))
    return bytes(body)


def read_json(body: bytes) -> Any:
    """The JSON value in a request's body.

    Raises:
        HTTPException: 400, it is none; the message says where.
    """
    try:
        value = json.loads(body.decode("utf-8-sig"), parse_constant=_refuse_constant)
        if not _is_deep(value):
            return value
        reason = f"nested deeper than {MAX_DEPTH}"
    except UnicodeDecodeError as error:
        reason = f"not UTF-8 at byte {error.start}"
    except json.JSONDecodeError as error:
        reason = f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
    except RecursionError:
        reason = f"nested deeper than {MAX_DEPTH}"
    except ValueError as error:  # NaN, and numbers of thousands of digits
        reason = f"not JSON that can be read here: {error}"
    raise HTTPException(HTTPStatus.BAD_REQUEST, f"the body is {reason}")


def read_rows(body: bytes) -> list[Any]:
    """The rows in a batch's body.

    Raises:
        HTTPException: the body as a whole is wrong: 400, 413 or 422.
    """
    value = read_json(body)
    rows = value.get("rows") if isinstance(value, dict) else None
    if not isinstance(rows, list):
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, 'the body is {"rows": [ROW, ...]}')
    if len(rows) > MAX_ROWS:
        raise HTTPException(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"{len(rows)} rows in one batch; at most {MAX_ROWS} are taken: send several batches",
        )
    return rows


def _require_short(size_bytes: int) -> None:
    if size_bytes > MAX_BODY_BYTES:
        raise HTTPException(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"the body is over {MAX_BODY_BYTES // 2**20} MiB: send several batches",
        )


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for each in level
            if isinstance(each, dict | list)
            for child in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def row_text(answer: dict[str, Any]) -> str:
    """One row out as JSON in ASCII, which carries half surrogates that UTF-8 cannot."""
    try:
        return json.dumps(answer, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        # A verifier's detail holds what JSON has no word for: our fault, and this row's only.
        failed = Verdict(
            status=Outcome.INFRA_ERROR,
            reward=None,
            detail=f"the verdict cannot be written as JSON: {error}",
            verifier=answer["verifier"]["name"],
            version=answer["verifier"]["version"],
        )
        return json.dumps(row_out(answer["id"], failed))


def many(row: dict[str, Any]) -> dict[str, Any]:
    """The schema of a batch of such rows."""
    return {
        "type": "object",
        "required": ["rows"],
        "properties": {"rows": {"type": "array", "maxItems": MAX_ROWS, "items": row}},
    }


def takes(schema: dict[str, Any]) -> dict[str, Any]:
    """The part of an OpenAPI operation that describes its request."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def gives(schema: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    """The part of an OpenAPI operation that describes its answer."""
    return {200: {"content": {"application/json": {"schema": schema}}}}
