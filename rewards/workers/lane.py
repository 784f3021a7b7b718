"""Who has a worker: a bounded number of them, lent to one thread after the other.

Two kinds of lane, so that items that hang hold up nobody else's. On the quick lane an item that has run for
`PATIENCE_SECONDS` while others wait gives way. What gave way has all of its time on the slow lane, whose
workers have a lower priority and, since they get little of a busy machine, a longer wall bound.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Empty, LifoQueue
from typing import Final

from rewards.workers.channel import Worker
from rewards.workers.nursery_link import NurseryLink

PATIENCE_SECONDS: Final = 0.02
WALL_FACTOR: Final = 4.0
"""Wall seconds that an item may take for each second of CPU time that it may take."""
SLOW_WALL_FACTOR: Final = 20.0
SLOW_NICENESS: Final = 10


class Lane:
    """Workers of one task, lent out one by one."""

    def __init__(self, nursery: NurseryLink, workers: int, *, slow: bool) -> None:
        """Start nothing yet."""
        self._nursery = nursery
        self._slow = slow
        self._lock = threading.Lock()
        self._waiting = 0
        self._idle: LifoQueue[Worker | None] = LifoQueue()
        for _ in range(workers):
            self._idle.put(None)
        self.wall_factor = SLOW_WALL_FACTOR if slow else WALL_FACTOR

    def wanted(self, run_seconds: float) -> bool:
        """Whether an item that has run for so long is to give way to those that wait for a worker."""
        return not self._slow and run_seconds >= PATIENCE_SECONDS and self._waiting > 0

    @contextmanager
    def slot(self) -> Iterator["Slot"]:
        """The right to keep one worker running; waits for it."""
        slot = Slot(self._nursery, self._wait(), SLOW_NICENESS if self._slow else 0)
        try:
            yield slot
        except BaseException:
            slot.drop()
            raise
        finally:
            self._idle.put(slot.worker)

    def close(self) -> None:
        """End the idle workers. Safe to call twice."""
        workers = []
        with suppress(Empty):
            while True:
                workers.append(self._idle.get_nowait())
        for worker in workers:
            if worker is not None:
                worker.close()
            self._idle.put(None)

    def _wait(self) -> Worker | None:
        with suppress(Empty):
            return self._idle.get_nowait()
        with self._lock:
            self._waiting += 1
        try:
            return self._idle.get()
        finally:
            with self._lock:
                self._waiting -= 1


class Slot:
    """The right to keep one worker running."""

    def __init__(self, nursery: NurseryLink, worker: Worker | None, niceness: int) -> None:
        """See `Lane.slot`."""
        self._nursery = nursery
        self._niceness = niceness
        self.worker = worker

    def take(self, fresh: bool) -> Worker:
        """The worker, started where there is none, and newly where it is to be fresh.

        Raises:
            GradingError: none can be had.
        """
        if fresh or (self.worker is not None and self.worker.generation != self._nursery.generation):
            self.drop()
        if self.worker is None:
            self.worker = self._nursery.fork()
            if self._niceness:
                with suppress(OSError):
                    os.setpriority(os.PRIO_PROCESS, self.worker.pid, self._niceness)
        return self.worker

    def drop(self) -> None:
        """End the worker."""
        if self.worker is not None:
            self._nursery.kill(self.worker)
            self.worker = None
