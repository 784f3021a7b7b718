"""Rows of published data sets as `code` references.

A row is recognised by its own fields, or named by `{"format": NAME, "row": ROW}`. Of each field here is what
the reference takes; whatever else a row has is left.

Not covered: prompts (`evals.coding` makes problems of rows), problems that are judged by talking with the
program or by files, and expected values that only another program gives where a row carries neither.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from rewards.errors import BadReference
from rewards.problem import Reference
from rewards.programs import contests, functions

Converter = Callable[[Mapping[str, Any]], dict[str, Any]]

FORMATS: Final[dict[str, tuple[Converter, tuple[str, ...]]]] = {
    "apps": (contests.from_apps, ("input_output",)),
    "taco": (contests.from_apps, ("input_output",)),
    "codecontests": (contests.from_codecontests, ("public_tests", "private_tests")),
    "codeforces": (contests.from_codeforces, ("official_tests",)),
    "livecodebench": (contests.from_livecodebench, ("public_test_cases",)),
    "humaneval": (functions.from_humaneval, ("prompt", "test", "entry_point")),
    "evalplus": (functions.from_evalplus, ("base_input", "entry_point")),
    "mbpp": (functions.from_mbpp, ("test_list",)),
}
"""Name to converter, and the fields by which a row of it is known. TACO's rows have APPS's form."""


def reference_of(reference: Reference) -> Reference:
    """The `code` reference that `reference` is, or is a row for.

    Raises:
        BadReference: it is neither; the message names the field.
    """
    if "tests" in reference:
        return reference
    name, row = reference.get("format"), reference.get("row", reference)
    if not isinstance(row, Mapping):
        raise BadReference(f"'row' is an object, not {type(row).__name__}")
    if name is None:
        name = format_of(row)
        if name is None:
            return reference  # which then lacks its tests
    if not isinstance(name, str) or name not in FORMATS:
        raise BadReference(f"no format {name!r:.80} of rows: have {', '.join(FORMATS)}")
    own = (
        {key: value for key, value in reference.items() if key not in ("format", "row")}
        if "row" in reference
        else {}
    )
    return {**FORMATS[name][0](row), **own}


def format_of(row: Mapping[str, Any]) -> str | None:
    """The first format whose fields a row has."""
    known = ("evalplus", *FORMATS)  # whose rows have those of HumanEval too
    return next((name for name in known if all(row.get(key) is not None for key in FORMATS[name][1])), None)
