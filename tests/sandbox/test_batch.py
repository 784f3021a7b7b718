"""Many programs at once: order, early stop, back-pressure, cancelling, and every way to ask."""

import asyncio
import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.backends.embedded import EmbeddedBackend
from sandbox.batch import Cancelled, Suite, results, results_async
from sandbox.errors import SandboxError
from sandbox.execution import Execution, Status
from sandbox.job import Job, Limits

SQUARE = Job(source="print(int(input()) ** 2)", limits=Limits(cpu_seconds=2, wall_seconds=20))


@pytest.fixture(scope="module")
def backend() -> Iterator[EmbeddedBackend]:
    opened = EmbeddedBackend()
    yield opened
    opened.close()


def suites(count: int, inputs: int = 3) -> Iterator[Suite]:
    for place in range(count):
        yield Suite(job=SQUARE, stdins=[b"%d" % (place + step) for step in range(inputs)])


def outputs(result: "list[Execution] | SandboxError") -> list[int]:
    assert isinstance(result, list), result
    return [int(execution.stdout) for execution in result]


RIGHT = [[(place + step) ** 2 for step in range(3)] for place in range(12)]


def test_results_come_in_order_and_a_program_that_cannot_be_run_costs_itself_alone(
    backend: EmbeddedBackend,
) -> None:
    odd = Suite(job=Job(source="", language="cobol"), stdins=[b""])
    asked = [*suites(3), odd, *suites(2)]
    found = list(results(backend, asked))
    assert isinstance(found.pop(3), SandboxError)
    assert [outputs(each) for each in found] == [*RIGHT[:3], *RIGHT[:2]]


def test_no_more_is_taken_than_is_asked_for(backend: EmbeddedBackend) -> None:
    taken = []

    def watched() -> Iterator[Suite]:
        for suite in suites(100):
            taken.append(suite)
            yield suite

    found = results(backend, watched(), at_once=2)
    assert outputs(next(found)) == RIGHT[0]
    assert len(taken) <= 5
    found.close()  # type: ignore[attr-defined]


def test_a_suite_stops_at_the_first_failure_where_it_is_told_to(backend: EmbeddedBackend) -> None:
    wrong = Suite(job=SQUARE, stdins=[b"1", b"x", b"2"], stop=lambda _, execution: not execution.ok)
    (found,) = results(backend, [wrong])
    assert isinstance(found, list)
    assert [execution.status for execution in found] == [Status.OK, Status.NONZERO_EXIT]


def test_a_batch_can_be_cancelled(backend: EmbeddedBackend) -> None:
    cancel = threading.Event()
    found = results(backend, suites(50), cancel=cancel)
    assert outputs(next(found)) == RIGHT[0]
    cancel.set()
    rest = list(found)
    assert len(rest) == 49
    assert isinstance(rest[-1], Cancelled)
    assert backend.run(Job(source="print(1)")).ok


def test_asyncio_goes_on_while_programs_run(backend: EmbeddedBackend) -> None:
    ticks = []

    async def tick() -> None:
        while True:
            ticks.append(1)
            await asyncio.sleep(0.001)

    async def go() -> list[list[int]]:
        ticking = asyncio.create_task(tick())
        found = [outputs(each) async for each in results_async(backend, suites(12))]
        ticking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await ticking
        return found

    assert asyncio.run(go()) == RIGHT
    assert len(ticks) > 5


def _in_child(backend: EmbeddedBackend, answers: "multiprocessing.SimpleQueue[list[list[int]]]") -> None:
    answers.put([outputs(each) for each in results(backend, suites(4))])


def test_children_of_a_fork_have_slots_of_their_own(backend: EmbeddedBackend) -> None:
    """As Celery's prefork workers do it: opened before, used in each."""
    backend.run(SQUARE)
    forking = multiprocessing.get_context("fork")
    answers = forking.SimpleQueue()
    children = [forking.Process(target=_in_child, args=(backend, answers)) for _ in range(2)]
    for child in children:
        child.start()
    assert [answers.get() for _ in children] == [RIGHT[:4]] * 2
    for child in children:
        child.join()
    assert [outputs(each) for each in results(backend, suites(4))] == RIGHT[:4]


def _servers() -> list[int]:
    """Pids of this process's slots' servers."""
    launchers = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    found: list[int] = []
    for task in Path("/proc/self/task").iterdir():
        launchers += task.joinpath("children").read_text().split()
    for launcher in set(launchers):
        with contextlib.suppress(OSError):
            found += map(int, Path(f"/proc/{launcher}/task/{launcher}/children").read_text().split())
    return found


def test_a_slot_killed_from_outside_costs_a_second_try_and_nothing_else(backend: EmbeddedBackend) -> None:
    slow = Job(source="import time\ntime.sleep(0.05)\nprint(int(input()) ** 2)")
    asked = [Suite(job=slow, stdins=[b"%d" % place] * 3) for place in range(12)]
    found = results(backend, asked)
    seen = [outputs(next(found))]
    killed = 0
    for each in found:
        if killed < 3:
            for server in _servers()[:1]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(server, signal.SIGKILL)
                    killed += 1
        seen.append(outputs(each))
    assert killed == 3
    assert seen == [[place**2] * 3 for place in range(12)]


def test_a_thousand_inputs_of_one_program(backend: EmbeddedBackend) -> None:
    job = Job(source="print(int(input()) ** 2)", limits=Limits(cpu_seconds=60, wall_seconds=100))
    numbers = [b"%d" % number for number in range(1_000)]
    (found,) = results(backend, [Suite(job=job, stdins=numbers)])
    assert outputs(found) == [number**2 for number in range(1_000)]
    shared = backend.run_shared(job, numbers)
    assert shared is not None
    assert outputs(shared) == outputs(found)


def test_a_slot_in_which_memory_ran_out_is_not_used_again(backend: EmbeddedBackend) -> None:
    """Else its later loss, by our fault, would be taken for a program's."""
    source = "import os, time\nfor _ in range(6): os.fork()\nx = bytearray(b'x') * (9 << 22)\ntime.sleep(9)"
    bomb = Job(source=source, limits=Limits(memory_bytes=64 << 20, processes=64))
    kinds = backend._runner._pool._idle
    for ended in (backend.run(bomb), *backend.run_each(bomb, [(b"", bomb.limits)])):
        assert ended.status is Status.MEMORY_LIMIT
        assert not any(slot._vessel.out_of_memory() for slots in kinds.values() for slot in slots)
