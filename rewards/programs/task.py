"""What a `code` reference asks of a program.

`{"language": "python", "tests": [...], "entry_point"?: NAME, "total_seconds"?: 5, "test_seconds"?,
"memory_mib"?, "comparator"?, "checker"?, "setup"?: SOURCE, "prefix"?: SOURCE, "solution"?: SOURCE,
"isolation"?: "process"}`. `setup` runs before each assertion, on the test's side; `prefix` (imports and
helpers that the prompt gave) stands before the program, which may also go on with its last function;
`solution` says what is right where a test does not.

A reference without `tests` may be a row of a published data set (`rewards.programs.published`).
"""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from rewards.errors import BadReference
from rewards.problem import Reference
from rewards.programs.assertions import assertion_test, names_asked_for
from rewards.programs.checkers import Checker, parse_checker
from rewards.programs.comparators import Comparator, parse_comparator
from rewards.programs.forms import MAX_TESTS, CallTest, DialogueTest, OutputTest, ProgramTest, parse_test
from sandbox.job import MIB
from sandbox.language import LANGUAGES

DEFAULT_SECONDS: Final = 5.0
"""ProRL's limit for all tests of a program together (arXiv 2505.24864)."""
MAX_SECONDS: Final = 600.0
DEFAULT_MIB: Final = 512
MAX_MIB: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Tests, and the limits that a program is put through them in."""

    language: str
    tests: Sequence[ProgramTest]
    total_seconds: float
    """CPU time of all tests together."""
    test_seconds: float
    """CPU time of each; infinite where there is no limit but the total."""
    memory_bytes: int
    shared: bool
    checker: Checker | None
    prefix: str
    solution: str
    wanted: frozenset[str]
    """Names that the tests ask for."""

    def laid_out(self, program: str) -> str:
        """The program with what stands before it."""
        first = next((line for line in program.splitlines() if line.strip()), "")
        if self.prefix and "from __future__" not in program:
            return f"{self.prefix.rstrip()}\n{program}"
        return textwrap.dedent(program) if first[:1].isspace() and self.language == "python" else program

    def comparators(self) -> Any:
        """What a verdict says of how outputs are compared: one for all, or one for each test."""
        if self.checker is not None:
            return {"kind": "checker", "convention": self.checker.convention}
        told = [_described(test) for test in self.tests]
        return told[0] if all(each == told[0] for each in told) else told


def read_task(reference: Reference) -> Task:
    """Read a reference.

    Raises:
        BadReference: it has not this form; the message names the field.
    """
    language = reference.get("language", "python")
    if not isinstance(language, str) or language not in LANGUAGES:
        raise BadReference(f"no language {language!r:.80}: have {', '.join(sorted(LANGUAGES))}")
    isolation = reference.get("isolation", "process")
    if isolation not in ("process", "shared"):
        raise BadReference(f"'isolation' is 'process' or 'shared', not {isolation!r:.80}")
    texts = {key: _text(reference, key) for key in ("entry_point", "setup", "prefix", "solution")}
    entry_point = texts["entry_point"].removeprefix("Solution().").removeprefix("Solution.")
    comparator = parse_comparator(reference.get("comparator", "float"), "'comparator'")
    checker = parse_checker(reference.get("checker"))
    tests, wanted = _tests(reference.get("tests"), entry_point or None, texts["setup"], comparator)
    if not texts["solution"] and any(isinstance(test, CallTest) and not test.expected for test in tests):
        raise BadReference("a test has 'args' and no 'expected', and the reference has no 'solution' to ask")
    if language != "python" and any(_needs_python(test) for test in tests):
        raise BadReference(f"calls and assertions are for programs in Python, not in {language!r}")
    return Task(
        language=language,
        tests=tests,
        total_seconds=_number(reference, "total_seconds", DEFAULT_SECONDS, MAX_SECONDS),
        test_seconds=_number(reference, "test_seconds", math.inf, MAX_SECONDS),
        memory_bytes=int(_number(reference, "memory_mib", DEFAULT_MIB, MAX_MIB) * MIB),
        shared=isolation == "shared",
        checker=checker,
        prefix=texts["prefix"],
        solution=texts["solution"],
        wanted=frozenset(wanted),
    )


def _tests(
    rows: object, entry_point: str | None, setup: str, comparator: Comparator
) -> tuple[list[ProgramTest], set[str]]:
    """The tests, and names of which a program for them defines one."""
    if not isinstance(rows, list) or not 1 <= len(rows) <= MAX_TESTS:
        raise BadReference(f"'tests' is a list of 1 to {MAX_TESTS} tests")
    tests: list[ProgramTest] = []
    wanted = {entry_point} if entry_point else set()
    for place, row in enumerate(rows):
        try:
            test = parse_test(row, entry_point, comparator)
            if isinstance(test, str):
                if not entry_point:
                    wanted |= names_asked_for(f"{setup}\n{test}")
                test = assertion_test(test, setup=setup, entry_point=entry_point, comparator=comparator)
            elif isinstance(row, dict) and "class" in row:
                wanted.add(row["class"])
        except BadReference as error:
            raise BadReference(f"test {place} {error}") from error
        tests.append(test)
    return tests, wanted


def _described(test: ProgramTest) -> Any:
    return {"kind": "program"} if isinstance(test, DialogueTest) else test.comparator.described()


def _needs_python(test: ProgramTest) -> bool:
    return isinstance(test, CallTest) or (not isinstance(test, OutputTest) and test.assertion)


def _text(reference: Reference, key: str) -> str:
    value = reference.get(key)
    if not isinstance(value, str | None):
        raise BadReference(f"{key!r} is text, not {value!r:.80}")
    return value or ""


def _number(reference: Reference, key: str, default: float, most: float) -> float:
    value = reference.get(key)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= most:
        raise BadReference(f"{key!r} is a number in (0, {most:g}], not {value!r:.80}")
    return float(value)
