"""The forms of a test, and what of each is given to a program.

What a test expects stays on our side; the program is given inputs alone.

- `{"stdin", "stdout"}`: what the program prints;
- `{"args", "expected", "kwargs"?}`: what a call of the reference's `entry_point` returns; `any` in the place
  of `expected` is a list of values of which each will do; without either the reference's `solution` says
  what is right (`rewards.programs.oracle`);
- `{"class", "operations", "arguments", "expected"}`: what each of an object's methods returns, the first
  operation being its making (whose value is null);
- `{"assert": SOURCE}`: an assertion or a script of them (`rewards.programs.assertions`);
- `{"interactor": SOURCE}`: a program of ours that talks with the other and leaves with 0 where it is content.

A test may have a `comparator` of its own.

Not covered: what a call does to its arguments, but in assertions.
"""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rewards.errors import BadReference
from rewards.programs.comparators import Comparator, parse_comparator
from sandbox.inside.call import NotPlain, decode, encode
from sandbox.profiles import imports

MAX_TESTS: Final = 10_000
_INSIDE: Final = Path(__file__).parent / "inside"
_DRIVER: Final = (_INSIDE / "call_driver.py").read_text(encoding="utf-8")
_JUDGE: Final = (_INSIDE / "assert_judge.py").read_text(encoding="utf-8")
_SERVER: Final = (_INSIDE / "assert_server.py").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class OutputTest:
    """What is printed for an input."""

    given: str
    expected: str
    comparator: Comparator
    entry_point = None
    driver = ""

    def stdin(self, mark: str) -> bytes:
        """The test's input as it is."""
        return self.given.encode("utf-8", "surrogateescape")

    def passes(self, stdout: bytes, mark: str) -> bool:
        """Compare the output."""
        return self.comparator.same_text(stdout.decode("utf-8", "replace"), self.expected)


@dataclass(frozen=True, slots=True)
class CallTest:
    """What a call returns."""

    entry_point: str
    arguments: list[Any]
    expected: tuple[Any, ...]
    """Values of which each will do; none where the reference's solution is still to be asked."""
    comparator: Comparator
    exact_kinds: bool = False
    """Whether a tuple is no list."""
    driver: str = ""
    """What is laid behind the program's text, and defines the entry point."""

    def stdin(self, mark: str) -> bytes:
        """The arguments behind the run's mark; never what is expected."""
        return f"{mark}\n{encode(self.arguments)}".encode()

    def passes(self, stdout: bytes, mark: str) -> bool:
        """Read the coded value and compare. What does not begin with the run's mark was not returned."""
        own, _, coded = stdout.partition(b"\n")
        if own != mark.encode():
            return False
        try:
            value = decode(coded, read_yielded)
        except ValueError:
            return False
        return any(
            self.comparator.same_value(value, each, exact_kinds=self.exact_kinds) for each in self.expected
        )


@dataclass(frozen=True, slots=True)
class DialogueTest:
    """A test that talks with the program: the judge passes it by ending with 0."""

    judge: str
    """Python source, run in a process of its own."""
    assertion: bool

    def counterpart(self, program: str) -> str:
        """What runs on the other side: the program, or for an assertion a server around it."""
        if not self.assertion:
            return program
        return f"{_SERVER}\n\n{_needs(program)}serve({program!r})\n"


ProgramTest = OutputTest | CallTest | DialogueTest


class Yielded(tuple):  # type: ignore[type-arg]
    """What an iterator yielded: for a test in JSON a list, for Python equal to nothing."""

    __slots__ = ()


def read_yielded(content: str) -> Yielded:
    """Read what `sandbox.inside.call.value` told of an iterator."""
    return Yielded(decode(content, read_yielded))  # type: ignore[arg-type]


def judge_of(script: str, theirs: Iterable[str]) -> DialogueTest:
    """The test that a script of assertions amounts to.

    Args:
        script: the assertions.
        theirs: names that are the program's though Python has such ones.
    """
    return DialogueTest(
        f"{_JUDGE}\n\n{_needs(script)}judge({script!r}, {sorted(theirs)!r})\n", assertion=True
    )


def parse_test(row: object, entry_point: str | None, comparator: Comparator) -> ProgramTest | str:
    """Read one test; of an assertion its source alone.

    Args:
        row: the test.
        entry_point: the reference's.
        comparator: the reference's, for a test that has none of its own.

    Raises:
        BadReference: it has none of the forms. The message begins with what is wrong about the test.
    """
    if not isinstance(row, Mapping):
        raise BadReference("is not an object")
    if "comparator" in row:
        comparator = parse_comparator(row["comparator"], "'comparator'")
    if isinstance(row.get("stdin"), str) and isinstance(row.get("stdout"), str):
        return OutputTest(row["stdin"], row["stdout"], comparator)
    if isinstance(row.get("args"), list):
        return _call_test(row, entry_point, comparator)
    if isinstance(row.get("class"), str):
        return _class_test(row, comparator)
    for form in ("assert", "interactor"):
        if isinstance(row.get(form), str):
            return str(row[form]) if form == "assert" else DialogueTest(row[form], assertion=False)
    raise BadReference(
        "has none of the forms {'stdin', 'stdout'}, {'args', 'expected'}, {'assert'}, {'interactor'}, "
        "{'class', 'operations', 'arguments', 'expected'}"
    )


def _call_test(row: Mapping[str, Any], entry_point: str | None, comparator: Comparator) -> CallTest:
    if entry_point is None:
        raise BadReference("calls a function, and the reference has no 'entry_point'")
    expected = row.get("any", [row["expected"]] if "expected" in row else [])
    if not isinstance(expected, list) or ("any" in row and not expected):
        raise BadReference("has an 'any' that is no list of values")
    named = row.get("kwargs", {})
    if not isinstance(named, dict):
        raise BadReference("has 'kwargs' that are no object")
    return named_call(entry_point, row["args"], named, tuple(expected), comparator)


def named_call(
    entry_point: str,
    arguments: list[Any],
    named: dict[str, Any],
    expected: tuple[Any, ...],
    comparator: Comparator,
    *,
    exact_kinds: bool = False,
) -> CallTest:
    """A call with arguments by place and by name."""
    if not named:
        return CallTest(entry_point, arguments, expected, comparator, exact_kinds)
    given = [entry_point, arguments, named]
    return CallTest("call_with_names", given, expected, comparator, exact_kinds, driver=_DRIVER)


def _class_test(row: Mapping[str, Any], comparator: Comparator) -> CallTest:
    lists = [row.get(key) for key in ("operations", "arguments", "expected")]
    if not all(isinstance(each, list) for each in lists) or len({len(each or []) for each in lists}) != 1:
        raise BadReference("is of a class: 'operations', 'arguments' and 'expected' are lists of one length")
    operations, arguments, expected = (each or [] for each in lists)
    if not operations or not all(isinstance(each, str) for each in operations):
        raise BadReference("has 'operations' that are no names of methods")
    if not all(isinstance(each, list) for each in arguments):
        raise BadReference("has 'arguments' that are no list for each operation")
    given = [row["class"], operations, arguments]
    return CallTest("walk_through_class", given, ([None, *expected[1:]],), comparator, driver=_DRIVER)


def is_plain(value: object) -> bool:
    """Whether it could be sent into a sandbox or out of it."""
    try:
        encode(value)
    except NotPlain:
        return False
    return True


def called_function(source: ast.expr) -> tuple[str, list[Any], dict[str, Any]] | None:
    """Name and arguments of a call of literals; None for any other expression."""
    if not isinstance(source, ast.Call) or not isinstance(source.func, ast.Name):
        return None
    try:
        values = [ast.literal_eval(argument) for argument in source.args]
        named = {each.arg: ast.literal_eval(each.value) for each in source.keywords if each.arg}
    except (ValueError, TypeError, RecursionError, MemoryError):
        return None
    plain = is_plain(values) and len(named) == len(source.keywords) and is_plain(named)
    return (source.func.id, values, named) if plain else None


def _needs(text: str) -> str:
    """What tells the sandbox, which reads a program's own lines, of a library that a quoted text imports."""
    roots = {name.partition(".")[0] for name in imports(text.encode("utf-8", "replace"))}
    return "if False:\n    import numpy\n" if "numpy" in roots else ""
