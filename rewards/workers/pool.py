"""Killable workers for code that may hang, crash or eat memory on what a model wrote.

A pool starts one nursery (`rewards.workers.nursery`) that imports the heavy library once and forks
workers on request, so that replacing a killed worker costs milliseconds. Each worker confines itself
before its first item. Items go out in one write and answers stream back one by one.

Whose fault: an item is a culprit where its worker ran past the item's time, or ran out of memory or
died on it twice, the second time in a fresh worker; it gets an `Overrun`, and the rest of the batch goes to a
fresh worker. Where no worker can be had, or the task itself is broken, a `GradingError` says so.

An item's clock starts when its worker starts on it, so waiting in line never counts. It is a clock of
CPU time with a generous wall bound: a busy machine turns no right answer into a late one.

Not covered: an item that takes over its worker can lie about itself and about what that worker is sent
afterwards. `fresh` gives every item a worker of its own, so that it can lie about nothing else.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from queue import Empty, LifoQueue
from typing import Any, Final

from rewards.errors import BadReference, GradingError
from rewards.workers.channel import Answer, Worker
from rewards.workers.frames import to_json
from rewards.workers.nursery_link import NurseryLink
from rewards.workers.overrun import Fault
from sandbox.job import MIB

SPLIT_ITEMS: Final = 16
"""A batch is shared between workers only in parts of at least so many items."""


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
        self._nursery = NurseryLink(target, memory_bytes)
        self._idle: LifoQueue[Worker | None] = LifoQueue()
        for _ in range(workers):
            self._idle.put(None)

    def run(self, items: Sequence[Any], *, fresh: bool = False) -> list[Answer]:
        """Run the task on each item; one answer each, in order.

        With `fresh`, each item has a newly forked worker that no other item has touched. An item that
        JSON cannot hold is answered by a `BadReference`: responses are texts, references may be anything.
        """
        answers: list[Answer] = [_as_json(item) for item in items]
        good = [place for place, item in enumerate(answers) if isinstance(item, bytes)]
        parts = max(1, min(self._size, len(good) // SPLIT_ITEMS))
        shares = [good[part::parts] for part in range(parts)]
        with ThreadPoolExecutor(parts) as threads:
            work = [[answers[place] for place in share] for share in shares]
            for share, done in zip(shares, threads.map(self._run_share, work, [fresh] * parts), strict=True):
                for place, answer in zip(share, done, strict=True):
                    answers[place] = answer
        return answers

    def close(self) -> None:
        """End all workers, busy ones too. Safe to call twice."""
        self._nursery.close()
        workers = []
        with suppress(Empty):
            while True:
                workers.append(self._idle.get_nowait())
        for worker in workers:
            if worker is not None:
                worker.close()
            self._idle.put(None)

    def _run_share(self, items: Sequence[bytes], fresh: bool) -> list[Answer]:
        answers: list[Answer] = []
        suspect = -1
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
                if overrun.fault is not Fault.TIME and suspect != at:
                    suspect = at
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

    def __init__(self, nursery: NurseryLink, worker: Worker | None) -> None:
        self._nursery = nursery
        self.worker = worker

    def take(self, fresh: bool) -> Worker:
        if fresh or (self.worker is not None and self.worker.generation != self._nursery.generation):
            self.drop()
        if self.worker is None:
            self.worker = self._nursery.fork()
        return self.worker

    def drop(self) -> None:
        if self.worker is not None:
            self._nursery.kill(self.worker)
            self.worker = None


def _as_json(item: object) -> bytes | BadReference:
    try:
        return to_json(item)
    except (TypeError, ValueError, RecursionError) as error:
        return BadReference(f"the reference holds what JSON cannot: {error}")
