"""Our end of an examinee: a verifier in a process of its own, asked with a deadline and watched.

A batch that is not answered in time costs the process. Its rows are then asked one by one, each in its own
time, so that the verdicts tell which of them hang the verifier.

Not covered: memory that a process takes and gives back between two looks, and processes that leave the
examinee's process tree.
"""

import contextlib
import os
import re
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from rewards.errors import GradingError, UnknownVerifier
from rewards.workers.frames import BrokenFrames, FrameReader, encode

LOOK_SECONDS: Final = 0.1
"""Between two looks at the examinee's memory."""
START_SECONDS: Final = 60.0
READ_BYTES: Final = 1 << 20
MOST_HANGING: Final = 3
"""After so many rows that hang one after the other, the rest of the batch is taken to hang as well."""

_STATUS: Final = re.compile(r"^(PPid|VmHWM):\s*(\d+)", re.MULTILINE)

Row = tuple[str, Mapping[str, Any]]
"""A response and a reference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a verifier is waited for."""

    row_seconds: float = 30.0
    """For a row that is asked alone."""
    batch_seconds: float = 60.0
    """For a batch, and one second more for each of its rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a verifier said of one row, unchecked."""

    status: str
    reward: Any
    extracted: Any = None
    detail: Any = None
    wall_seconds: float = 0.0
    """Of the request; a row's own where it was asked alone."""
    hung: bool = False
    """Whether there was no answer within our patience, or the verifier's process died."""

    @property
    def accepted(self) -> bool:
        """Whether the answer earned all there is."""
        return bool(self.reward == 1)

    @property
    def earned(self) -> float:
        """The reward as a number; 0 where there is none."""
        return float(self.reward) if isinstance(self.reward, int | float) else 0.0


class ExamineeLink:
    """Asks one verifier. Starts its process when needed and again after a kill."""

    def __init__(self, verifier: str, *, sandbox: str, workers: int, patience: Patience) -> None:
        """Start the process and have the verifier opened there.

        Raises:
            UnknownVerifier: it cannot be opened.
            GradingError: the process cannot be started.
        """
        self._verifier = verifier
        self._arguments = [sandbox, str(workers)]
        self._patience = patience
        self._process: subprocess.Popen[bytes] | None = None
        self._reader = FrameReader()
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self.peak_bytes = 0
        """The most that any one of its processes was seen to hold while it was watched."""
        self.description = self._start()

    def ask(self, rows: Sequence[Row]) -> list[Judgement]:
        """One judgement for each row, in order."""
        if not rows:
            return []
        started = time.monotonic()
        answer = self._exchange(list(rows), self._patience.batch_seconds + len(rows))
        if answer is not None:
            return [_judgement(row, time.monotonic() - started) for row in answer]
        judgements: list[Judgement] = []
        for row in rows:
            lost = judgements[-MOST_HANGING:]
            if len(lost) == MOST_HANGING and all(judgement.hung for judgement in lost):
                judgements.append(lost[-1])
            else:
                judgements.append(self.ask_alone(row))
        return judgements

    def ask_alone(self, row: Row, *, watch: bool = False) -> Judgement:
        """The judgement of one row; with `watch`, the memory of all processes is looked at meanwhile."""
        started = time.monotonic()
        answer = self._exchange([row], self._patience.row_seconds, watch=watch)
        seconds = time.monotonic() - started
        if answer is None:
            words = f"no answer from the verifier in {seconds:.1f} s: {self._last_words()}"
            return Judgement(status="infra_error", reward=None, detail=words, wall_seconds=seconds, hung=True)
        return _judgement(answer[0], seconds)

    def close(self) -> None:
        """End the process and its children. Safe to call twice."""
        self._end()
        self._errors.close()

    def _start(self) -> dict[str, Any]:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "rewards.audit.examinee", *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment,
            start_new_session=True,
        )
        self._reader = FrameReader()
        description = self._send({"verifier": self._verifier}, START_SECONDS, watch=False)
        if not isinstance(description, dict):
            raise GradingError(f"verifier {self._verifier!r} cannot be examined: {self._last_words()}")
        if "error" in description:
            self.close()
            raise UnknownVerifier(description["error"])
        return description

    def _exchange(self, rows: list[Row], seconds: float, *, watch: bool = False) -> list[Any] | None:
        """The answers, or None where the process had to be ended or ended itself."""
        if self._process is None:
            self._start()
        answer = self._send(rows, seconds, watch=watch)
        if isinstance(answer, list) and len(answer) == len(rows):
            return answer
        self._end()
        return None

    def _send(self, message: Any, seconds: float, *, watch: bool) -> Any:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            return None
        deadline = time.monotonic() + seconds
        try:
            process.stdin.write(encode(message))
            process.stdin.flush()
            with selectors.DefaultSelector() as selector:
                selector.register(process.stdout, selectors.EVENT_READ)
                while (left := deadline - time.monotonic()) > 0:
                    ready = selector.select(min(left, LOOK_SECONDS) if watch else left)
                    if watch:
                        self.peak_bytes = max(self.peak_bytes, _peak_bytes(process.pid))
                    if not ready:
                        continue
                    data = os.read(process.stdout.fileno(), READ_BYTES)
                    if not data:
                        return None
                    for answer in self._reader.feed(data):
                        return answer
        except (BrokenPipeError, BrokenFrames):
            pass
        return None

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
        try:
            process.wait(1.0)  # it ends at the end of its input, and gives its sandbox back
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _last_words(self) -> str:
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:300] if lines else "it said nothing"


def _judgement(row: Sequence[Any], seconds: float) -> Judgement:
    status, reward, extracted, detail = row
    return Judgement(status=status, reward=reward, extracted=extracted, detail=detail, wall_seconds=seconds)


def _peak_bytes(pid: int) -> int:
    """The most that `pid` or any process below it has held; 0 where the system does not say."""
    peaks: dict[int, int] = {}
    parents: dict[int, int] = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            fields = dict(_STATUS.findall((place / "status").read_text()))
        except OSError:  # it ended while we looked
            continue
        peaks[int(place.name)] = int(fields.get("VmHWM", 0)) * 1024
        parents[int(place.name)] = int(fields.get("PPid", 0))
    return max((peaks[each] for each in peaks if _descends(each, pid, parents)), default=0)


def _descends(pid: int, ancestor: int, parents: Mapping[int, int]) -> bool:
    while pid and pid != ancestor:
        pid = parents.get(pid, 0)
    return pid == ancestor
