"""Checkers: programs of the problem's author that say whether an output is right, run in the sandbox.

In a reference: the Python source alone, or `{"source", "convention"?}`:

- `json` (the default): `{"input", "output", "expected"}` as JSON on standard input; 0 for right, 1 for wrong;
- `testlib`: called with the files input, output and answer; 0 for right, 1, 2, 4, 7 or 8 for wrong;
- `score`: called with the files input, answer and output, as in open-r1's Codeforces set; what it prints
  last is the score, right from 1 on.

Any other exit code is a fault of the checker. So is running out of time or memory, or raising an exception,
where it does so on the author's own answer too; else it is the output's.

Not covered: checkers in other languages, testlib.h, scores between.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rewards.errors import BadReference, GradingError
from sandbox.backend import Backend
from sandbox.execution import Execution, Status
from sandbox.job import Job, Limits

CONVENTIONS: Final = ("json", "score", "testlib")
_FILES: Final = {
    "testlib": ("input.txt", "output.txt", "answer.txt"),
    "score": ("input.txt", "answer.txt", "output.txt"),
}
_WRONG: Final = {"json": {1}, "testlib": {1, 2, 4, 7, 8}, "score": {1}}
LIMITS: Final = Limits(cpu_seconds=5, wall_seconds=30)
_OVERRUNS: Final = frozenset(
    {Status.CPU_TIME_LIMIT, Status.WALL_TIME_LIMIT, Status.MEMORY_LIMIT, Status.OUTPUT_LIMIT, Status.SIGNAL}
)
_BROKEN: Final = re.compile(
    rb"^(?:NameError|ImportError|ModuleNotFoundError|SyntaxError|IndentationError)\b", re.MULTILINE
)
_TRACEBACK: Final = b"Traceback (most recent call last):"


@dataclass(frozen=True, slots=True)
class Checker:
    """One checker."""

    source: str
    convention: str

    def accepts(self, sandbox: Backend, given: str, output: str, expected: str) -> bool:
        """Whether it takes `output` for right.

        Raises:
            GradingError: the checker is broken.
            SandboxError: the sandbox is.
        """
        ended = self._run(sandbox, given, output, expected)
        word = self._word(ended)
        if word is None and expected.strip() and not _BROKEN.search(ended.stderr):
            # On the author's answer a sound checker works: then it is the output that was too much for it.
            word = None if self._word(self._run(sandbox, given, expected, expected)) is None else False
        elif word is None and ended.exit_code == 1 and not _BROKEN.search(ended.stderr):
            word = False
        if word is None:
            raise GradingError(f"{ended.status}: {ended.stderr[-300:].decode('utf-8', 'replace')}")
        return word

    def _run(self, sandbox: Backend, given: str, output: str, expected: str) -> Execution:
        contents = {"input.txt": given, "output.txt": output, "answer.txt": expected}
        if self.convention == "json":
            told = {"input": given, "output": output, "expected": expected}
            return sandbox.run(Job(source=self.source, stdin=json.dumps(told).encode(), limits=LIMITS))
        names = _FILES[self.convention]
        files = {name: contents[name].encode("utf-8", "surrogateescape") for name in names}
        arguments = f"import sys; sys.argv[1:] = {list(names)!r}; del sys\n"
        return sandbox.run(Job(source=arguments + self.source, files=files, limits=LIMITS))

    def _word(self, ended: Execution) -> bool | None:
        """What it said; None where it failed, or raised."""
        if ended.ok:
            return self.convention != "score" or _score(ended.stdout) >= 1
        if ended.status is Status.COMPILE_ERROR or ended.status in _OVERRUNS or _TRACEBACK in ended.stderr:
            return None
        return False if ended.exit_code in _WRONG[self.convention] else None


def parse_checker(value: object) -> Checker | None:
    """Read a reference's checker.

    Raises:
        BadReference: it is none.
    """
    fields = {"source": value} if isinstance(value, str) else value
    if fields is None:
        return None
    if not isinstance(fields, Mapping) or not isinstance(fields.get("source"), str):
        raise BadReference("'checker' is the Python source of a program, or {'source', 'convention'?}")
    convention = fields.get("convention", "json")
    if not isinstance(convention, str) or convention not in CONVENTIONS:
        raise BadReference(f"no convention {convention!r:.80} of checkers: have {', '.join(CONVENTIONS)}")
    return Checker(fields["source"], convention)


def _score(stdout: bytes) -> float:
    words = stdout.split()
    try:
        return float(words[-1]) if words else 0.0
    except ValueError:
        return 0.0
