"""A pool of killable workers for one task: the door to everything that may hang, crash or run as code.

Whose fault a dead worker is: what runs out of time, runs out of memory twice or kills two workers in
succession is at fault itself (`Overrun`); what a worker leaves unanswered because it was killed from
outside is sent once more; a nursery that cannot start is ours (`GradingError`).

Not covered: sharing a pool with a forked child. Open one in each process.
"""

import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from rewards.errors import BadReference, GradingError
from rewards.verdict import Verdict
from rewards.workers.channel import Answer
from rewards.workers.frames import to_json
from rewards.workers.lane import Lane
from rewards.workers.nursery_link import NurseryLink
from rewards.workers.overrun import Fault

Judged = TypeVar("Judged")
MIB: Final = 1 << 20
SPLIT_ITEMS: Final = 16
"""A batch is shared between workers only in parts of at least so many items."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back for one item, and when."""

    answer: Answer
    wall_ms: float = 0.0
    """From its start in the worker that settled it to its end."""
    queue_ms: float = 0.0
    """From the call to that start."""

    def timed(self, outcome: Judged) -> Judged:
        """The outcome that was made of the answer; a verdict has these times then."""
        if isinstance(outcome, Verdict):
            return replace(outcome, wall_ms=self.wall_ms, queue_ms=self.queue_ms)
        return outcome


class WorkerPool:
    """Workers that all run one task. Safe from many threads; opened on first use."""

    def __init__(
        self, target: str, *, item_seconds: float, memory_bytes: int = 512 * MIB, workers: int = 1
    ) -> None:
        """Name the task; nothing is started yet.

        Args:
            target: the `module:function` called in a worker with each item. Items and results are
                JSON values. A `warm_up()` in that module is called once, before any fork.
            item_seconds: CPU time for one item; `rewards.workers.lane` has the wall bounds.
            memory_bytes: address space of one worker, on top of its libraries'.
            workers: how many may run side by side on each of the two lanes.
        """
        self._item_seconds = item_seconds
        self._size = workers
        self._nursery = NurseryLink(target, memory_bytes)
        self._quick = Lane(self._nursery, workers, slow=False)
        self._slow = Lane(self._nursery, workers, slow=True)

    def run(self, items: Sequence[Any], *, fresh: bool = False) -> list[Answer]:
        """Run the task on each item; one answer each, in order.

        With `fresh`, each item has a newly forked worker that no other item has touched. An item that
        JSON cannot hold is answered by a `BadReference`: responses are texts, references may be anything.
        """
        return [reply.answer for reply in self.run_timed(items, fresh=fresh)]

    def run_timed(self, items: Sequence[Any], *, fresh: bool = False) -> list[Reply]:
        """As `run`, with the time that each item took and waited."""
        begun = time.monotonic()
        encoded = [_as_json(item) for item in items]
        good = {place: item for place, item in enumerate(encoded) if isinstance(item, bytes)}
        parts = max(1, min(self._size, len(good) // SPLIT_ITEMS))
        shares = [
            _Share({place: good[place] for place in list(good)[part::parts]}, fresh, begun)
            for part in range(parts)
        ]
        with ThreadPoolExecutor(parts) as threads:
            list(threads.map(self._run_share, shares))
        replies = {place: reply for share in shares for place, reply in share.replies.items()}
        return [replies[place] if place in replies else Reply(item) for place, item in enumerate(encoded)]

    def close(self) -> None:
        """End all workers, busy ones too. Safe to call twice."""
        self._nursery.close()
        self._quick.close()
        self._slow.close()

    def _run_share(self, share: "_Share") -> None:
        for place in self._settle(share, list(share.items), self._quick):
            self._settle(share, [place], self._slow)

    def _settle(self, share: "_Share", places: Sequence[int], lane: Lane) -> list[int]:
        """Settle items on a lane; those that gave way to others' are not settled, and returned."""
        left, gave_way, suspect = deque(places), list[int](), -1
        while left:
            with lane.slot() as slot:
                try:
                    worker = slot.take(share.fresh)
                except GradingError as error:
                    share.replies.update({place: Reply(error) for place in left})
                    return gave_way
                batch = [share.items[place] for place in ([left[0]] if share.fresh else left)]
                started = time.monotonic()
                done, overrun = worker.exchange(batch, self._item_seconds, lane.wall_factor, lane.wanted)
                for answer, wall_seconds in done:
                    share.settle(left.popleft(), answer, started, wall_seconds)
                    started += wall_seconds
                if overrun is None:
                    continue
                slot.drop()
            if overrun.fault is Fault.GAVE_WAY:
                gave_way.append(left.popleft())
            elif overrun.fault is not Fault.TIME and suspect != left[0]:
                suspect = left[0]
            else:
                share.settle(left.popleft(), overrun, started, time.monotonic() - started)
        return gave_way


@dataclass(frozen=True, slots=True)
class _Share:
    """A part of a batch, by the places of its items."""

    items: dict[int, bytes]
    fresh: bool
    begun: float
    """When the pool was called."""
    replies: dict[int, Reply] = field(default_factory=dict)

    def settle(self, place: int, answer: Answer, started: float, wall_seconds: float) -> None:
        queue_seconds = started - self.begun
        self.replies[place] = Reply(answer, wall_ms=wall_seconds * 1000, queue_ms=queue_seconds * 1000)


def _as_json(item: object) -> bytes | BadReference:
    try:
        return to_json(item)
    except (TypeError, ValueError, RecursionError) as error:
        return BadReference(f"the reference holds what JSON cannot: {error}")
