"""Killable workers for code that may hang, crash or eat memory on what a model wrote.

A pool starts one nursery (`rewards.nursery`) that imports the heavy library once and forks workers on
request, so that replacing a killed worker costs milliseconds. Each worker confines itself before its
first item. Items go out in one write and answers stream back one by one.

Whose fault: an item is a culprit where its worker ran past the item's time or memory, or died on it
twice, the second time in a fresh worker; it gets an `Overrun`, and the rest of the batch goes to a
fresh worker. Where no worker can be had, or the task itself is broken, a `GradingError` says so.

An item's clock starts when its worker starts on it, so waiting in line never counts. It is a clock of
CPU time with a generous wall bound: a busy machine turns no right answer into a late one.

Not covered: an item that takes over its worker can lie about itself and about what that worker is sent
afterwards. `fresh` gives every item a worker of its own, so that it can lie about nothing else.
"""

import os
import secrets
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from queue import LifoQueue
from typing import Any, Final

from rewards.errors import GradingError
from rewards.frames import BrokenFrames, FrameReader, encode
from rewards.verdict import Outcome, Verdict
from sandbox.job import MIB

START_SECONDS: Final = 120.0
"""How long a nursery may import, on however slow a machine."""
WALL_FACTOR: Final = 4.0
"""Wall seconds that an item may take for each second of CPU time that it may take."""
SPLIT_ITEMS: Final = 16
"""A batch is shared between workers only in parts of at least so many items."""
_TICKS: Final = os.sysconf("SC_CLK_TCK")


class Fault(StrEnum):
    """What an item did to its worker."""

    TIME = "time"
    MEMORY = "memory"
    CRASH = "crash"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrun:
    """An item that took its worker down, by its own fault."""

    fault: Fault
    detail: str


def overrun_verdict(overrun: Overrun, *, extracted: str | None = None) -> Verdict:
    """The verdict on an answer that took its worker down: reward 0, by its own fault."""
    status = Outcome.UNSAFE if overrun.fault is Fault.CRASH else Outcome.TIMEOUT
    detail = f"the answer {overrun.detail}"
    return Verdict(status=status, reward=0.0, extracted=extracted, detail=detail)


Answer = Any | Overrun | GradingError
"""What comes back for one item: the task's result, or why there is none."""


class WorkerPool:
    """Workers that all run one task. Safe from many threads; opened on first use."""

    def __init__(
        self, target: str, *, item_seconds: float, memory_bytes: int = 512 * MIB, workers: int = 1
    ) -> None:
        """Name the task; nothing is started yet.

        Args:
            target: the `module:function` called in a worker with each item. Items and results are
                JSON values. A `warm_up()` in that module is called once, before any fork.
            item_seconds: CPU time for one item; the wall bound is `WALL_FACTOR` times that.
            memory_bytes: address space of one worker, on top of its libraries'.
            workers: how many may run side by side.
        """
        self._item_seconds = item_seconds
        self._size = workers
        self._nursery = _Nursery(target, memory_bytes)
        self._idle: LifoQueue[_Worker | None] = LifoQueue()
        for _ in range(workers):
            self._idle.put(None)

    def run(self, items: Sequence[Any], *, fresh: bool = False) -> list[Answer]:
        """Run the task on each item; one answer each, in order.

        Args:
            fresh: give each item a newly forked worker that no other item has touched.
        """
        parts = max(1, min(self._size, len(items) // SPLIT_ITEMS))
        if parts == 1:
            return self._run_part(items, fresh)
        with ThreadPoolExecutor(parts) as threads:
            runs = [threads.submit(self._run_part, items[part::parts], fresh) for part in range(parts)]
            answers: list[Answer] = [None] * len(items)
            for part, run in enumerate(runs):
                answers[part::parts] = run.result()
            return answers

    def close(self) -> None:
        """End all workers, busy ones too. Safe to call twice."""
        self._nursery.close()
        for _ in range(self._idle.qsize()):
            worker = self._idle.get()
            if worker is not None:
                worker.close()
            self._idle.put(None)

    def _run_part(self, items: Sequence[Any], fresh: bool) -> list[Answer]:
        answers: list[Answer] = []
        crashed_at = -1
        with self._slot() as slot:
            while len(answers) < len(items):
                at = len(answers)
                try:
                    worker = slot.take(fresh)
                except GradingError as error:
                    return answers + [error] * (len(items) - at)
                batch = items[at : at + 1] if fresh else items[at:]
                done, overrun = worker.exchange(batch, self._item_seconds)
                answers += done
                if overrun is None:
                    continue
                slot.drop()
                at = len(answers)
                if overrun.fault is Fault.CRASH and crashed_at != at:
                    crashed_at = at
                else:
                    answers.append(overrun)
        return answers

    @contextmanager
    def _slot(self) -> Iterator["_Slot"]:
        slot = _Slot(self._nursery, self._idle.get())
        try:
            yield slot
        except BaseException:
            slot.drop()
            raise
        finally:
            self._idle.put(slot.worker)


class _Slot:
    """The right to keep one worker running."""

    def __init__(self, nursery: "_Nursery", worker: "_Worker | None") -> None:
        self._nursery = nursery
        self.worker = worker

    def take(self, fresh: bool) -> "_Worker":
        if fresh or (self.worker is not None and self.worker.generation != self._nursery.generation):
            self.drop()
        if self.worker is None:
            self.worker = self._nursery.fork()
        return self.worker

    def drop(self) -> None:
        if self.worker is not None:
            self._nursery.kill(self.worker)
            self.worker = None


class _Nursery:
    """Our end of the control socket; starts the process when first needed and again should it die."""

    def __init__(self, target: str, memory_bytes: int) -> None:
        self._target = target
        self._memory_bytes = memory_bytes
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._owner = os.getpid()
        self._closed = False
        self.generation = 0

    def fork(self) -> "_Worker":
        """A new worker, confined and ready.

        Raises:
            GradingError: none can be had; the message says why.
        """
        with self._lock:
            for _ in range(2):
                control = self._running()
                ours, theirs = socket.socketpair()
                try:
                    socket.send_fds(control, [b"fork"], [theirs.fileno()])
                    pid = int(control.recv(64))
                except (OSError, ValueError):
                    ours.close()
                    self._stop()
                    continue
                finally:
                    theirs.close()
                worker = _Worker(ours, pid, self.generation)
                break
            else:
                raise GradingError(f"the worker process for {self._target} keeps dying")
        try:
            worker.greet()
        except GradingError:
            self.kill(worker)
            raise
        return worker

    def kill(self, worker: "_Worker") -> None:
        """End one worker at once."""
        worker.close()
        with self._lock:
            if self._control is not None and worker.generation == self.generation:
                with suppress(OSError):
                    self._control.send(str(worker.pid).encode())

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._stop()

    def _running(self) -> socket.socket:
        if self._closed:
            raise GradingError(f"the workers for {self._target} were closed")
        if self._owner != os.getpid():
            raise GradingError(
                f"the workers for {self._target} were opened in process {self._owner} before a fork; "
                "open the grader in the process that uses it"
            )
        if self._control is None:
            self._start()
        assert self._control is not None
        return self._control

    def _start(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-P", "-m", "rewards.nursery", self._target, str(self._memory_bytes)]
        with theirs:
            self._process = subprocess.Popen(
                command,
                stdin=theirs,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=_worker_environment(),
                start_new_session=True,
            )
        self._control = ours
        self.generation += 1
        ours.settimeout(START_SECONDS)
        try:
            word = ours.recv(4096)
        except TimeoutError:
            word = f"not ready after {START_SECONDS:g} s".encode()
        if word != b"ready":
            self._stop()
            reason = word.decode(errors="replace").removeprefix("failed ") or "it ended without a word"
            raise GradingError(f"the worker process for {self._target} cannot start: {reason}")

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _worker_environment() -> dict[str, str]:
    """Nothing of ours but the import path: no address, no secret. Hashes and threads are fixed."""
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join(os.path.abspath(entry) for entry in sys.path),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


class _Worker:
    """Our end of one worker's channel."""

    def __init__(self, channel: socket.socket, pid: int, generation: int) -> None:
        channel.setblocking(False)
        self._channel = channel
        self._reader = FrameReader()
        self._nonce = secrets.token_hex(16)
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

    def exchange(self, items: Sequence[Any], item_seconds: float) -> tuple[list[Answer], Overrun | None]:
        """Send items and gather answers, up to the first that takes the worker down.

        Returns the answers in order, and what the next item did to the worker if anything.
        """
        answers: list[Answer] = []
        try:
            outgoing = memoryview(b"".join(encode({"item": item}) for item in items))
            deadline = _Deadline(self.pid, item_seconds, self._cpu_seconds)
            while len(answers) < len(items):
                data, outgoing = self._pump(outgoing, deadline)
                if data is None:
                    limit = f"ran past {item_seconds:g} s"
                    return answers, Overrun(fault=Fault.TIME, detail=limit)
                messages = self._reader.feed(data)
                answers += map(self._read, messages)
                if messages:
                    deadline = _Deadline(self.pid, item_seconds, self._cpu_seconds)
        except _OutOfMemory:
            return answers, Overrun(fault=Fault.MEMORY, detail="ran past the worker's memory")
        except (OSError, BrokenFrames) as error:
            return answers, Overrun(fault=Fault.CRASH, detail=f"took the worker down twice: {error}")
        return answers, None

    def close(self) -> None:
        self._channel.close()

    def _pump(self, outgoing: memoryview, deadline: "_Deadline") -> tuple[bytes | None, memoryview]:
        """Write what can be written until something can be read; None where time ran out first."""
        poll = select.poll()
        while True:
            poll.register(self._channel, select.POLLIN | (select.POLLOUT if outgoing else 0))
            events = poll.poll(max(0.0, deadline.wait_seconds()) * 1000)
            flags = events[0][1] if events else 0
            if flags & (select.POLLIN | select.POLLHUP | select.POLLERR):
                data = self._channel.recv(1 << 20)
                if not data:
                    raise ConnectionResetError("it closed its channel")
                return data, outgoing
            if flags & select.POLLOUT:
                outgoing = outgoing[self._channel.send(outgoing) :]
            if deadline.passed():
                return None, outgoing

    def _read(self, message: Any) -> Answer:
        if not isinstance(message, dict) or message.get("nonce") != self._nonce:
            raise BrokenFrames("an answer without the worker's nonce")
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

    def __init__(self, pid: int, cpu_limit_seconds: float, cpu_before_seconds: float) -> None:
        self._pid = pid
        self._cpu_limit = cpu_limit_seconds
        self._cpu_before = cpu_before_seconds
        self._started = time.monotonic()
        self._look_at = self._started + cpu_limit_seconds

    def wait_seconds(self) -> float:
        """Until when it cannot have passed."""
        return self._look_at - time.monotonic()

    def passed(self) -> bool:
        """Whether the item has had its time; where it has not, later is the time to look again."""
        now = time.monotonic()
        if now < self._look_at:
            return False
        left = self._cpu_limit - (_process_cpu_seconds(self._pid) - self._cpu_before)
        if left <= 2 / _TICKS or now - self._started >= WALL_FACTOR * self._cpu_limit:
            return True
        self._look_at = now + left
        return False


def _process_cpu_seconds(pid: int) -> float:
    """User and system time of a process so far; infinite where it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return float("inf")
    return (int(fields[11]) + int(fields[12])) / _TICKS
