"""Our end of one worker: sends items, reads answers, watches the clock.

An item's clock starts when its worker starts on it, so waiting in line never counts. It is a clock of
CPU time with a generous wall bound: a busy machine turns no right answer into a late one.
"""

import os
import secrets
import select
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from rewards.errors import GradingError
from rewards.workers.frames import BrokenFrames, FrameReader, encode, frame
from rewards.workers.overrun import Fault, Overrun

START_SECONDS: Final = 120.0
"""How long a nursery may import, and a worker confine itself, on however slow a machine."""
LOOK_SECONDS: Final = 0.01
"""Between looks whether an item is to give way."""
_TICKS: Final = os.sysconf("SC_CLK_TCK")

Answer = Any | Overrun | GradingError
"""What comes back for one item: the task's result, or why there is none."""


class Worker:
    """Our end of one worker's channel."""

    def __init__(self, channel: socket.socket, pid: int, generation: int) -> None:
        channel.setblocking(False)
        self._channel = channel
        self._reader = FrameReader()
        self._nonce = secrets.token_hex(16)
        self._answered = 0
        self._cpu_seconds = 0.0
        """CPU time of the worker when its last answer was sent."""
        self.pid = pid
        self.generation = generation

    def greet(self) -> None:
        """Wait until the worker is confined and ready.

        Raises:
            GradingError: it is not, and says why.
        """
        self._channel.settimeout(START_SECONDS)
        try:
            self._channel.sendall(encode({"nonce": self._nonce}))
            messages: list[Any] = []
            while not messages:
                data = self._channel.recv(1 << 16)
                if not data:
                    raise GradingError("a worker died before its first item")
                messages = self._reader.feed(data)
        except OSError as error:
            raise GradingError(f"a worker did not get ready: {error}") from error
        if messages != [{"nonce": self._nonce}]:
            raise GradingError(f"a worker cannot run: {messages[0].get('failed', messages[0])}")
        self._channel.setblocking(False)
        self._cpu_seconds = _process_cpu_seconds(self.pid)

    def exchange(
        self,
        items: Sequence[bytes],
        item_seconds: float,
        wall_factor: float,
        gives_way: Callable[[float], bool],
    ) -> tuple[list[tuple[Answer, float]], Overrun | None]:
        """Send items, each as JSON, and gather answers, up to the first that takes the worker down.

        Args:
            items: what to send.
            item_seconds: CPU time for each.
            wall_factor: wall seconds for each of those, at most.
            gives_way: asked whether an item that has run for so many seconds is to be stopped.

        Returns the answers in order, each with the wall seconds that it took, and what the next item did
        to the worker if anything.
        """
        answers: list[tuple[Answer, float]] = []
        try:
            numbered = enumerate(items, start=self._answered)
            outgoing = memoryview(b"".join(frame(b'{"number":%d,"item":%b}' % pair) for pair in numbered))
            deadline = _Deadline(self.pid, item_seconds, wall_factor, self._cpu_seconds)
            while len(answers) < len(items):
                data, outgoing = self._pump(outgoing, deadline, gives_way)
                if data is None:
                    if not deadline.passed():
                        return answers, Overrun(fault=Fault.GAVE_WAY, detail="gave way to others")
                    return answers, Overrun(fault=Fault.TIME, detail=f"ran past {item_seconds:g} s")
                messages = self._reader.feed(data)
                for message in messages:  # one by one: what came before a bad one counts
                    answers.append((self._read(message), _wall_seconds(message, deadline)))  # noqa: PERF401
                if messages:
                    deadline = _Deadline(self.pid, item_seconds, wall_factor, self._cpu_seconds)
        except _OutOfMemory:
            return answers, Overrun(fault=Fault.MEMORY, detail="ran past the worker's memory")
        except (OSError, BrokenFrames) as error:
            return answers, Overrun(fault=Fault.CRASH, detail=f"took the worker down twice: {error}")
        return answers, None

    def close(self) -> None:
        """Close the channel; an idle worker ends by itself then."""
        self._channel.close()

    def _pump(
        self, outgoing: memoryview, deadline: "_Deadline", gives_way: Callable[[float], bool]
    ) -> tuple[bytes | None, memoryview]:
        """Write what can be written until something can be read; None where the item is to end first."""
        poll = select.poll()
        while True:
            poll.register(self._channel, select.POLLIN | (select.POLLOUT if outgoing else 0))
            events = poll.poll(max(0.0, min(LOOK_SECONDS, deadline.wait_seconds())) * 1000)
            flags = events[0][1] if events else 0
            if flags & (select.POLLIN | select.POLLHUP | select.POLLERR):
                data = self._channel.recv(1 << 20)
                if not data:
                    raise ConnectionResetError("it closed its channel")
                return data, outgoing
            if flags & select.POLLOUT:
                outgoing = outgoing[self._channel.send(outgoing) :]
            if gives_way(deadline.run_seconds()) or deadline.passed():
                return None, outgoing

    def _read(self, message: Any) -> Answer:
        if not isinstance(message, dict) or message.get("nonce") != self._nonce:
            raise BrokenFrames("an answer without the worker's nonce")
        if message.get("number") != self._answered:
            raise BrokenFrames("an answer to another item than was its turn")
        self._answered += 1
        if "memory" in message:
            raise _OutOfMemory
        if "error" in message:
            return GradingError(f"the task failed: {message['error']}")
        cpu_seconds = message.get("cpu")
        if not isinstance(cpu_seconds, float) or "result" not in message:
            raise BrokenFrames("an answer without a result")
        self._cpu_seconds = cpu_seconds
        return message["result"]


class _OutOfMemory(Exception):
    """A worker said that its item ran out of memory."""


class _Deadline:
    """How long one item may still run: CPU time, within a wall bound."""

    def __init__(
        self, pid: int, cpu_limit_seconds: float, wall_factor: float, cpu_before_seconds: float
    ) -> None:
        self._pid = pid
        self._cpu_limit = cpu_limit_seconds
        self._wall_limit = cpu_limit_seconds * wall_factor
        self._cpu_before = cpu_before_seconds
        self._started = time.monotonic()
        self._look_at = self._started + cpu_limit_seconds

    def run_seconds(self) -> float:
        """For how long the item has run."""
        return time.monotonic() - self._started

    def wait_seconds(self) -> float:
        """Until when it cannot have passed."""
        return self._look_at - time.monotonic()

    def passed(self) -> bool:
        """Whether the item has had its time; where it has not, later is the time to look again."""
        now = time.monotonic()
        if now < self._look_at:
            return False
        left = self._cpu_limit - (_process_cpu_seconds(self._pid) - self._cpu_before)
        if left <= 2 / _TICKS or now - self._started >= self._wall_limit:
            return True
        self._look_at = now + left
        return False


def _wall_seconds(message: dict[str, Any], deadline: "_Deadline") -> float:
    """What the worker says that its item took, as far as it can be true."""
    told = message.get("wall")
    longest = deadline.run_seconds()
    return min(max(0.0, told), longest) if isinstance(told, float) else longest


def _process_cpu_seconds(pid: int) -> float:
    """User and system time of a process so far; infinite where it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return float("inf")
    return (int(fields[11]) + int(fields[12])) / _TICKS
