"""A grading desk: completions are handed in as they end, and judged while others are still drawn.

Verdicts do not depend on how completions are batched, so neither do they on the clock.
Not covered: what a verdict is worth (`rewards.rubric`).
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from evals.errors import EvalError
from evals.judging import submission_of
from evals.sampler import Completion
from rewards.grader import Grader
from rewards.problem import Problem
from rewards.verdict import Verdict

MOST_TOGETHER = 64
"""Completions in one call of the grader."""


@dataclass(slots=True, eq=False)
class Ticket:
    """One completion handed in; its verdict comes later."""

    problem: Problem
    index: int
    completion: Completion
    verdict: Verdict | None = None


class GradingDesk:
    """Grades in `clerks` threads of its own. Opened for one step and closed after it."""

    def __init__(self, grader: Grader, *, clerks: int) -> None:
        """Grade with `grader`, which is safe from many threads; at most `clerks` batches at once."""
        self._grader = grader
        self._clerks = clerks
        self._queue: deque[Ticket] = deque()
        self._changed = threading.Condition()
        self._trouble: Exception | None = None
        self._closed = False
        self._threads: list[threading.Thread] = []
        self._working = 0
        self._busy_since = 0.0
        self.busy_seconds = 0.0
        """Wall time in which anything was being graded."""
        self.waited_seconds = 0.0
        """Wall time that `wait` took."""

    def hand_in(self, ticket: Ticket) -> None:
        """Have one completion judged, as soon as a clerk is free."""
        with self._changed:
            self._queue.append(ticket)
            if self._working == len(self._threads) < self._clerks:
                # A daemon, so that a grader that never answers does not keep the process from ending.
                self._threads.append(threading.Thread(target=self._work, daemon=True))
                self._threads[-1].start()
            self._changed.notify_all()

    def wait(self, done: Callable[[], bool]) -> None:
        """Wait until `done()`, which looks at tickets' verdicts.

        Raises:
            GradingError: the grader as a whole failed.
            EvalError: it broke its contract.
        """
        started = time.perf_counter()
        with self._changed:
            self._changed.wait_for(lambda: self._trouble is not None or done())
        self.waited_seconds += time.perf_counter() - started
        if self._trouble is not None:
            raise self._trouble

    def close(self) -> None:
        """Send the clerks home; what is not begun is not judged. Does not wait for those at work."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _work(self) -> None:
        while batch := self._take():
            try:
                verdicts = self._grader.grade(
                    [submission_of(each.problem, each.index, each.completion) for each in batch]
                )
                if len(verdicts) != len(batch):
                    raise EvalError(f"the grader gave {len(verdicts)} verdicts for {len(batch)} submissions")
            except Exception as error:  # noqa: BLE001 - a thread's entry loop: told to whoever waits
                self._end(batch, [], error)
            else:
                self._end(batch, verdicts, None)

    def _take(self) -> list[Ticket]:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._queue)
            if self._closed:
                return []
            share = -(-len(self._queue) // self._clerks)
            batch = [self._queue.popleft() for _ in range(min(share, MOST_TOGETHER))]
            if self._working == 0:
                self._busy_since = time.perf_counter()
            self._working += 1
            return batch

    def _end(self, batch: list[Ticket], verdicts: list[Verdict], trouble: Exception | None) -> None:
        with self._changed:
            for ticket, verdict in zip(batch, verdicts, strict=False):
                ticket.verdict = verdict
            self._trouble = self._trouble or trouble
            self._working -= 1
            if self._working == 0:
                self.busy_seconds += time.perf_counter() - self._busy_since
            self._changed.notify_all()
