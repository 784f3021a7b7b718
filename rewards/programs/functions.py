"""Rows of HumanEval, EvalPlus and MBPP, plain and sanitised, as `code` references.

What a prompt defines beside the function that is asked for stands on both sides: before the program, which
may use it, and before the test, which must not take the program's word for it.

Not covered: oracles of EvalPlus beyond tolerance, which its own package keeps as code.
"""

import ast
import re
from collections.abc import Mapping
from typing import Any, Final

from rewards.errors import BadReference

_NAME: Final = re.compile(r"[A-Za-z_]\w{0,200}")


def from_humaneval(row: Mapping[str, Any]) -> dict[str, Any]:
    """`prompt`, `test` (which defines `check`) and `entry_point`; HumanEval+ on the hub has the same form."""
    prompt, test, entry_point = (_text(row, key) for key in ("prompt", "test", "entry_point"))
    return {
        "entry_point": _name(entry_point, "entry_point"),
        "prefix": prompt,
        "setup": _beside(prompt, entry_point),
        "tests": [{"assert": test}],
    }


def from_evalplus(row: Mapping[str, Any]) -> dict[str, Any]:
    """`base_input` and `plus_input` (arguments), `atol`; the `canonical_solution` says what is right."""
    prompt, entry_point = _text(row, "prompt"), _name(_text(row, "entry_point"), "entry_point")
    inputs = [each for key in ("base_input", "plus_input") for each in _inputs(row, key)]
    atol = row.get("atol") or 0
    comparator = {"kind": "float", "abs": atol} if atol else {"kind": "float"}
    return {
        "entry_point": entry_point,
        "prefix": prompt,
        "solution": prompt + _text(row, "canonical_solution"),
        "comparator": comparator,
        "tests": [{"args": given} for given in inputs],
    }


def from_mbpp(row: Mapping[str, Any]) -> dict[str, Any]:
    """`test_list` and `challenge_test_list`, with `test_setup_code` or `test_imports` before each."""
    assertions = [*_assertions(row, "test_list"), *_assertions(row, "challenge_test_list")]
    imports = row.get("test_imports") or []
    if not isinstance(imports, list) or not all(isinstance(line, str) for line in imports):
        raise BadReference("'test_imports' is a list of lines")
    setup = row.get("test_setup_code") or ""
    if not isinstance(setup, str):
        raise BadReference("'test_setup_code' is text")
    return {
        "setup": "\n".join([*imports, setup]).strip(),
        "tests": [{"assert": source} for source in assertions],
    }


def _beside(prompt: str, entry_point: str) -> str:
    """What a prompt imports and defines beside the function that is asked for."""
    try:
        tree = ast.parse(prompt)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""  # it ends within the function, whose body the answer is
    kept = [each for each in tree.body if getattr(each, "name", None) != entry_point]
    return "\n".join(ast.unparse(each) for each in kept)


def _inputs(row: Mapping[str, Any], key: str) -> list[Any]:
    value = row.get(key) or []
    if not isinstance(value, list) or not all(isinstance(given, list) for given in value):
        raise BadReference(f"{key!r} is a list of lists of arguments")
    return value


def _assertions(row: Mapping[str, Any], key: str) -> list[str]:
    value = row.get(key) or []
    if not isinstance(value, list) or not all(isinstance(source, str) for source in value):
        raise BadReference(f"{key!r} is a list of assertions")
    return value


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise BadReference(f"{key!r} is text, not {value!r:.80}")
    return value


def _name(value: str, key: str) -> str:
    if not _NAME.fullmatch(value):
        raise BadReference(f"{key!r} is the name of a function, not {value!r:.80}")
    return value
