"""Many programs with many inputs each, at once: results in order, and no more in hand than is asked for.

For scripts and services of others; works from threads, from asyncio (`results_async`) and in the children
of a fork alike, since a backend does.
"""

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from sandbox.backend import Backend
from sandbox.errors import SandboxError
from sandbox.execution import Execution
from sandbox.job import Job

Result = list[Execution] | SandboxError
"""One program's executions, or why we could not have them; the other programs have theirs all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """One program and its inputs; each run has the job's limits."""

    job: Job
    stdins: Sequence[bytes]
    stop: Callable[[int, Execution], bool] | None = None
    """Looks at each execution, with its place; where it says so, the inputs that are left are not run."""


class Cancelled(SandboxError):
    """Whoever asked for a batch no longer wants it."""


def results(
    backend: Backend, suites: Iterable[Suite], *, at_once: int = 2, cancel: threading.Event | None = None
) -> Iterator[Result]:
    """One result for each suite, in order.

    Args:
        backend: runs them; stays open.
        suites: taken one by one, at most `2 * at_once` ahead of what has been asked for.
        at_once: programs run side by side.
        cancel: once it is set, runs under way end after their present input, and the rest are
            `Cancelled`.
    """
    called_off = cancel or threading.Event()
    waiting: deque[Future[Result]] = deque()
    left = iter(suites)
    with ThreadPoolExecutor(at_once, "sandbox-batch") as threads:
        try:
            while True:
                while len(waiting) < 2 * at_once and (suite := next(left, None)) is not None:
                    waiting.append(threads.submit(_result, backend, suite, called_off))
                if not waiting:
                    return
                yield waiting.popleft().result()
        finally:
            # Whoever stops asking, by an error or a Ctrl-C, waits for no more than what runs now.
            if waiting:
                called_off.set()


async def results_async(
    backend: Backend, suites: Iterable[Suite], *, at_once: int = 2, cancel: threading.Event | None = None
) -> AsyncIterator[Result]:
    """The same, for asyncio: waits in a thread, so that the loop goes on."""
    with contextlib.closing(results(backend, suites, at_once=at_once, cancel=cancel)) as found:  # type: ignore[type-var]
        while (result := await asyncio.to_thread(next, found, None)) is not None:
            yield result


def _result(backend: Backend, suite: Suite, called_off: threading.Event) -> Result:
    if called_off.is_set():
        return Cancelled("the batch was cancelled")
    found: list[Execution] = []
    runs = ((stdin, suite.job.limits) for stdin in suite.stdins)
    try:
        with contextlib.closing(backend.run_each(suite.job, runs)) as executions:
            for place, execution in enumerate(executions):
                found.append(execution)
                if suite.stop and suite.stop(place, execution):
                    break
                if called_off.is_set():
                    return Cancelled("the batch was cancelled")
    except SandboxError as error:
        return error
    return found
