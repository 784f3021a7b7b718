"""The slots of one backend: at most so many in use at once, one spare of each kind kept warm.

Serves threads, and the children of a fork, each of which gets slots of its own. A slot is used by one
at a time and thrown away after `MOST_RUNS` programs or on any doubt.
"""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from typing import Final

from sandbox.errors import SandboxError
from sandbox.slot import Slot, SlotKind, SlotLost

MOST_RUNS: Final = 2_000
"""Programs after which a slot is replaced."""

_RUNS_BEFORE_A_SPARE: Final = 8

_MOST_IDLE_KINDS: Final = 4
"""Kinds of slots that are kept warm at once."""


class Pool:
    """Slots by kind.

    Args:
        start: makes a slot of a kind, without waiting until it is ready.
        size: slots in use at once; who wants one more waits.
    """

    def __init__(self, start: Callable[[SlotKind], Slot], size: int) -> None:
        self.size = size
        self._start = start
        self._reset()

    def _reset(self) -> None:
        self._owner = os.getpid()
        self._free = threading.BoundedSemaphore(self.size)
        self._lock = threading.Lock()
        self._idle: dict[SlotKind, list[Slot]] = {}
        self._closed = False

    @contextlib.contextmanager
    def slot(self, kind: SlotKind) -> Iterator[Slot]:
        """A ready slot for the length of the block; where the block fails the slot is thrown away.

        Raises:
            SandboxError: none can be made, or the pool is closed.
        """
        if self._owner != os.getpid():
            self._reset()  # what the parent of this process has is the parent's
        if self._closed:
            raise SandboxError("this sandbox is closed")
        with self._free:
            slot = self._taken(kind)
            good = False
            try:
                yield slot
                good = slot.runs < MOST_RUNS
            finally:
                if good:
                    self._give_back(slot)
                else:
                    slot.close()

    def close(self) -> None:
        """End all idle slots. Safe to call twice."""
        if self._owner != os.getpid():
            return
        with self._lock:
            self._closed = True
            idle = [slot for slots in self._idle.values() for slot in slots]
            self._idle = {}
        for slot in idle:
            slot.close()

    def _taken(self, kind: SlotKind) -> Slot:
        """An idle slot, or a new one; a second try where that one died on its way."""
        for attempt in (1, 2):
            with self._lock:
                idle = self._idle.get(kind, [])
                slot = idle.pop() if idle else None
            slot = slot or self._start(kind)
            try:
                slot.await_ready()
            except SlotLost:
                slot.close()
                if attempt == 2:
                    raise
            except BaseException:
                slot.close()
                raise
            else:
                self._keep_a_spare(slot)
                return slot
        raise AssertionError("unreachable")

    def _keep_a_spare(self, slot: Slot) -> None:
        """Where slots of a kind are used much, have one more on its way than are in use."""
        with self._lock:
            wanted = slot.runs >= _RUNS_BEFORE_A_SPARE and not self._idle.get(slot.kind)
        if wanted:
            self._give_back(self._start(slot.kind))

    def _give_back(self, slot: Slot) -> None:
        excess = []
        with self._lock:
            if self._closed:
                excess.append(slot)
            else:
                # The kind used last stands last.
                idle = self._idle.pop(slot.kind, [])
                self._idle[slot.kind] = [*idle, slot]
                if len(self._idle) > _MOST_IDLE_KINDS:
                    excess = self._idle.pop(next(iter(self._idle)))
        for each in excess:
            each.close()
