"""Rows of published sets of programming problems as problems.

What a row's tests become is `rewards.programs.published`'s; here is what a model is shown of it.

Not covered: prompts in the words of any paper; add those as a recipe's own source.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from evals.errors import EvalError
from rewards.errors import BadReference, GradingError
from rewards.problem import Domain, Problem
from rewards.programs.published import FORMATS, format_of, reference_of

_STATEMENTS: Final = ("question", "question_content", "description", "text", "prompt")
_LEVELS: Final = ("difficulty", "rating")
_PARTS: Final = (("input_format", "Input"), ("output_format", "Output"), ("note", "Note"))
"""What Codeforces rows keep apart from the statement."""


def problem_from_row(row: object, *, format: str | None = None) -> Problem:  # noqa: A002 - the field's own word
    """The problem that a row of a published set is.

    Args:
        row: one row, as its data set has it.
        format: a key of `rewards.programs.published.FORMATS`; recognised by the row's fields where None.

    Raises:
        EvalError: it is no such row, or no problem that can be judged here; the message names the field.
    """
    if not isinstance(row, Mapping):
        raise EvalError(f"a row is a JSON object, not {type(row).__name__}")
    name = format or format_of(row)
    if name is None:
        raise EvalError(f"the row has the fields of none of {', '.join(FORMATS)}")
    try:
        reference = dict(reference_of({"format": name, "row": row}))
    except (BadReference, GradingError) as error:
        raise EvalError(str(error)) from error
    if not reference["tests"]:
        raise EvalError("the row has no tests")
    prompt = _PROMPTS.get(name, _statement)(row)
    if not prompt.strip():
        raise EvalError(f"the row has no statement: none of {', '.join(_STATEMENTS)}")
    level = next((str(row[key]) for key in _LEVELS if row.get(key) not in (None, "")), "")
    return Problem(
        domain=Domain.CODE,
        prompt=prompt,
        verifier="code",
        reference=reference,
        source=f"import:{name}",
        level=level,
    )


def _statement(row: Mapping[str, Any]) -> str:
    """The statement, with the code that an answer begins with."""
    said = next((row[key] for key in _STATEMENTS if isinstance(row.get(key), str) and row[key].strip()), "")
    parts = [said, *(f"{title}\n{row[key]}" for key, title in _PARTS if row.get(key))]
    if row.get("starter_code"):
        parts.append(f"Begin with:\n```python\n{row['starter_code'].rstrip()}\n```")
    return "\n\n".join(part.strip() for part in parts if part.strip())


def _completion(row: Mapping[str, Any]) -> str:
    return f"Complete this program.\n```python\n{row['prompt'].rstrip()}\n```"


def _with_tests(row: Mapping[str, Any]) -> str:
    """MBPP's statement with the first of its tests, from which alone the name can be known."""
    return f"{_statement(row)}\n\nIt must pass:\n```python\n{row['test_list'][0]}\n```"


_PROMPTS: Final[dict[str, Callable[[Mapping[str, Any]], str]]] = {
    "humaneval": _completion,
    "evalplus": _completion,
    "mbpp": _with_tests,
}
