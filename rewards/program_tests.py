"""Tests of a program: their forms, and how what came out is compared. All of it on our side.

What a test expects stays here; the program is given inputs alone. `assert f(literals) == literal` is
turned into a call of `f`, so that it is compared here as well; any other assertion runs in a process of
its own in the sandbox and asks the program's process for what it calls.
"""

import ast
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rewards.errors import BadReference
from sandbox.inside.call import NotPlain, decode, encode

MAX_TESTS: Final = 10_000
_RELATIVE_TOLERANCE: Final = 1e-9
_ABSOLUTE_TOLERANCE: Final = 1e-12
_TASKS: Final = Path(__file__).parent / "tasks"
_JUDGE: Final = (_TASKS / "assert_judge.py").read_text(encoding="utf-8")
_SERVER: Final = (_TASKS / "assert_server.py").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class OutputTest:
    """`{"stdin", "stdout"}`: equal tokens, whatever the blanks and line ends between them."""

    given: str
    expected: str
    entry_point = None

    def stdin(self) -> bytes:
        """The test's input as it is."""
        return self.given.encode("utf-8", "surrogateescape")

    def passes(self, stdout: bytes) -> bool:
        """Compare token by token."""
        return stdout.decode("utf-8", "replace").split() == self.expected.split()


@dataclass(frozen=True, slots=True)
class CallTest:
    """`{"args", "expected"}`: a call of the entry point and the value it returns."""

    entry_point: str
    arguments: list[Any]
    expected: Any
    exact_kinds: bool
    """Whether a tuple is no list. JSON has no tuples, so a test written in JSON cannot ask for one."""

    def stdin(self) -> bytes:
        """The arguments; never what is expected."""
        return encode(self.arguments).encode()

    def passes(self, stdout: bytes) -> bool:
        """Read the coded value and compare."""
        try:
            value = decode(stdout)
        except ValueError:
            return False
        return same_value(value, self.expected, exact_kinds=self.exact_kinds)


@dataclass(frozen=True, slots=True)
class DialogueTest:
    """A test that talks with the program: an assertion, or `{"interactor": SOURCE}`.

    The judge is a program of ours in a process of its own; it passes the other by ending with 0.
    """

    judge: str
    """Python source."""
    assertion: bool

    def counterpart(self, program: str) -> str:
        """What runs on the other side: the program, or for an assertion a server around it."""
        return f"{_SERVER}\n\nserve({program!r})\n" if self.assertion else program


ProgramTest = OutputTest | CallTest | DialogueTest


def parse_tests(reference: Mapping[str, Any]) -> list[ProgramTest]:
    """The tests of a `code` reference.

    Raises:
        BadReference: there are none, too many, or one that has none of the three forms.
    """
    rows = reference.get("tests")
    if not isinstance(rows, list) or not 1 <= len(rows) <= MAX_TESTS:
        raise BadReference(f"'tests' is a list of 1 to {MAX_TESTS} tests")
    entry_point = reference.get("entry_point")
    if not isinstance(entry_point, str | None):
        raise BadReference(f"'entry_point' is the name of a function, not {entry_point!r:.80}")
    return [_parse_test(row, entry_point, place) for place, row in enumerate(rows)]


def same_value(value: object, expected: object, *, exact_kinds: bool) -> bool:
    """Python's equality, with floats equal to nine digits, and lists and tuples alike unless exact."""
    if isinstance(value, float) or isinstance(expected, float):
        return _same_number(value, expected)
    if isinstance(expected, list | tuple):
        return (
            isinstance(value, type(expected) if exact_kinds else list | tuple)
            and len(value) == len(expected)
            and all(same_value(*pair, exact_kinds=exact_kinds) for pair in zip(value, expected, strict=True))
        )
    if isinstance(expected, set | frozenset):
        return isinstance(value, set | frozenset) and value == expected
    if isinstance(expected, dict):
        if not isinstance(value, dict) or len(value) != len(expected):
            return False
        named = value if exact_kinds else {_json_key(key): item for key, item in value.items()}
        return all(
            key in named and same_value(named[key], item, exact_kinds=exact_kinds)
            for key, item in expected.items()
        )
    return value == expected


def _parse_test(row: object, entry_point: str | None, place: int) -> ProgramTest:
    if not isinstance(row, Mapping):
        raise BadReference(f"test {place} is not an object")
    if isinstance(row.get("stdin"), str) and isinstance(row.get("stdout"), str):
        return OutputTest(row["stdin"], row["stdout"])
    if isinstance(row.get("args"), list) and "expected" in row:
        if entry_point is None:
            raise BadReference(f"test {place} calls a function, and the reference has no 'entry_point'")
        return CallTest(entry_point, row["args"], row["expected"], exact_kinds=False)
    if isinstance(row.get("assert"), str):
        return _parse_assertion(row["assert"], place)
    if isinstance(row.get("interactor"), str):
        return DialogueTest(row["interactor"], assertion=False)
    raise BadReference(
        f"test {place} has none of the forms {{'stdin', 'stdout'}}, {{'args', 'expected'}}, {{'assert'}}, "
        "{'interactor'}"
    )


def _parse_assertion(source: str, place: int) -> ProgramTest:
    try:
        statements = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BadReference(f"the assertion of test {place} is not Python: {error}") from error
    call = _as_call(statements[0]) if len(statements) == 1 else None
    return call or DialogueTest(f"{_JUDGE}\n\njudge({source!r})\n", assertion=True)


def _as_call(statement: ast.stmt) -> CallTest | None:
    """The call test that `assert f(literals) == literal` amounts to; None for any other statement."""
    match statement:
        case ast.Assert(
            test=ast.Compare(
                left=ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]),
                ops=[ast.Eq() | ast.Is()],
                comparators=[expected],
            )
        ):
            try:
                values = [ast.literal_eval(argument) for argument in arguments]
                test = CallTest(name, values, ast.literal_eval(expected), exact_kinds=True)
            except (ValueError, TypeError, RecursionError, MemoryError):
                return None
            return test if _plain(values) and _plain(test.expected) else None
    return None


def _plain(value: object) -> bool:
    """Whether it could be sent into a sandbox or out of it."""
    try:
        encode(value)
    except NotPlain:
        return False
    return True


def _same_number(value: object, expected: object) -> bool:
    if not isinstance(value, int | float) or not isinstance(expected, int | float):
        return False
    try:
        one, other = float(value), float(expected)
    except OverflowError:
        return False
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return math.isclose(one, other, rel_tol=_RELATIVE_TOLERANCE, abs_tol=_ABSOLUTE_TOLERANCE)


def _json_key(key: object) -> str:
    return key if isinstance(key, str) else json.dumps(key) if _plain(key) else repr(key)
