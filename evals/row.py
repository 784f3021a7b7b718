"""One row of a data file, read as a problem."""

import json
from collections.abc import Mapping

from evals.errors import EvalError
from rewards.problem import Domain, Problem

_TEXTS = {"domain", "prompt", "verifier", "source", "level"}


def parse_line(line: str, *, source: str) -> Problem:
    """Read `{"domain", "prompt", "verifier", "reference", "source"?, "level"?}`; other keys are left.

    Args:
        line: one JSON object.
        source: the problem's source where the row names none.

    Raises:
        EvalError: the row is at fault; the message says how.
    """
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise EvalError(f"not JSON: {error}") from error
    if not isinstance(row, dict):
        raise EvalError(f"a row is a JSON object, not {type(row).__name__}")
    row = {"source": source, "level": "", **row}
    missing = sorted({*_TEXTS, "reference"} - set(row))
    if missing:
        raise EvalError(f"the row has no {', '.join(map(repr, missing))}")
    wrong = sorted(key for key in _TEXTS if not isinstance(row[key], str))
    if wrong:
        raise EvalError(f"{wrong[0]!r} is text, not {type(row[wrong[0]]).__name__}")
    if not isinstance(row["reference"], Mapping):
        raise EvalError(f"'reference' is an object, not {type(row['reference']).__name__}")
    if not row["prompt"].strip():
        raise EvalError("'prompt' is empty")
    if row["domain"] not in set(Domain):
        raise EvalError(f"no domain {row['domain']!r}: have {', '.join(Domain)}")
    return Problem(
        domain=Domain(row["domain"]),
        prompt=row["prompt"],
        verifier=row["verifier"],
        reference=row["reference"],
        source=row["source"],
        level=row["level"],
    )
