"""What comes in to be graded and what goes out: the row format of `harness grade` and HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rewards.problem import Reference
from rewards.verdict import Outcome, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One response to be judged by one verifier against one reference."""

    id: str
    verifier: str
    response: str
    reference: Reference


def parse_row(row: object, *, fallback_id: str = "") -> Submission | Verdict:
    """Read one row `{"id", "verifier", "response", "reference"}`.

    Returns the submission, or for a malformed row the `invalid_row` verdict that says why.
    """
    if not isinstance(row, Mapping):
        return invalid(f"a row is a JSON object, not {type(row).__name__}")
    for key, kind, words in (
        ("verifier", str, "a string"),
        ("response", str, "a string"),
        ("reference", Mapping, "an object"),
    ):
        if key not in row:
            return invalid(f"the row has no {key!r}")
        if not isinstance(row[key], kind):
            return invalid(f"{key!r} is {words}, not {type(row[key]).__name__}")
    return Submission(
        id=str(row_id(row, fallback_id)),
        verifier=row["verifier"],
        response=row["response"],
        reference=row["reference"],
    )


def row_id(row: object, fallback: str) -> str | int:
    """The row's own id as it was given, or `fallback` where it has none."""
    value = row.get("id") if isinstance(row, Mapping) else None
    if value is None:
        return fallback
    return value if isinstance(value, str | int) else str(value)


def invalid(reason: str) -> Verdict:
    """The verdict on a row that cannot be graded as it is."""
    return Verdict(status=Outcome.INVALID_ROW, reward=None, detail=reason)


def row_out(id: str | int, verdict: Verdict) -> dict[str, Any]:
    """The answer row for one verdict, ready for JSON."""
    return {
        "id": id,
        "reward": verdict.reward,
        "status": verdict.status.value,
        "extracted": verdict.extracted,
        "detail": verdict.detail,
        "verifier": {"name": verdict.verifier, "version": verdict.version},
        "wall_ms": round(verdict.wall_ms, 3),
    }


def verdict_from_row(row: Mapping[str, Any]) -> Verdict:
    """The verdict that an answer row carries; the inverse of `row_out`."""
    return Verdict(
        status=Outcome(row["status"]),
        reward=row["reward"],
        extracted=row["extracted"],
        detail=row["detail"],
        verifier=row["verifier"]["name"],
        version=row["verifier"]["version"],
        wall_ms=row["wall_ms"],
    )
