"""Killable workers: one bad item costs itself, and nothing is left behind."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rewards.errors import BadReference, GradingError
from rewards.workers.overrun import Fault, Overrun
from rewards.workers.pool import Reply, WorkerPool

TASK = "tests.rewards.worker_tasks:obey"


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    pool = WorkerPool(TASK, item_seconds=0.4, workers=2)
    yield pool
    pool.close()


def echoes(count: int) -> list[dict[str, Any]]:
    return [{"do": "echo", "value": value} for value in range(count)]


def worker_pids(pool: WorkerPool) -> list[int]:
    return [worker.pid for worker in list(pool._quick._idle.queue) if worker is not None]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def open_descriptors() -> set[str]:
    return {entry.name for entry in Path("/proc/self/fd").iterdir()}


def wait_until(condition: Any) -> None:
    while not condition():
        time.sleep(0.01)


def test_answers_come_in_the_order_of_their_items(pool: WorkerPool) -> None:
    assert pool.run(echoes(500)) == list(range(500))


def test_texts_survive_the_way_there_and_back(pool: WorkerPool) -> None:
    texts = ["", "\x00", "\ud800 lone surrogate", "ß" * 300_000, "\n\r\u2028"]
    assert pool.run([{"do": "echo", "value": text} for text in texts]) == texts


def test_no_items_are_no_trouble(pool: WorkerPool) -> None:
    assert pool.run([]) == []


@pytest.mark.parametrize(
    ("item", "fault"),
    [
        ({"do": "spin"}, Fault.TIME),
        ({"do": "sleep", "seconds": 60}, Fault.TIME),
        ({"do": "eat"}, Fault.MEMORY),
        ({"do": "die"}, Fault.CRASH),
    ],
)
def test_an_item_that_takes_its_worker_down_costs_only_itself(
    pool: WorkerPool, item: dict[str, Any], fault: Fault
) -> None:
    first, overrun, *rest = pool.run([*echoes(1), item, *echoes(3)])
    assert isinstance(overrun, Overrun)
    assert overrun.fault is fault
    assert [first, *rest] == [0, 0, 1, 2]


def test_an_answer_that_is_not_one_of_ours_takes_the_worker_out(pool: WorkerPool) -> None:
    overrun, *rest = pool.run([{"do": "garbage"}, *echoes(2)])
    assert isinstance(overrun, Overrun)
    assert overrun.fault is Fault.CRASH
    assert rest == [0, 1]


def test_what_a_library_prints_is_no_answer(pool: WorkerPool) -> None:
    assert pool.run([{"do": "print"}, {"do": "print"}]) == ["quiet", "quiet"]


def test_a_task_that_fails_is_our_fault_and_not_the_items(pool: WorkerPool) -> None:
    failed, fine = pool.run([{"do": "raise"}, *echoes(1)])
    assert isinstance(failed, GradingError)
    assert fine == 0


def test_a_worker_writes_no_file(pool: WorkerPool, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    (refused,) = pool.run([{"do": "write", "path": str(marker)}])
    assert isinstance(refused, GradingError)
    assert not marker.exists()


def test_fresh_gives_each_item_a_worker_of_its_own(pool: WorkerPool) -> None:
    pids = pool.run([{"do": "pid"}] * 4, fresh=True)
    assert len(set(pids)) == 4
    shared = pool.run([{"do": "pid"}] * 4)
    assert len(set(shared)) == 1


def test_a_worker_killed_from_outside_in_mid_batch_loses_nothing() -> None:
    pool = WorkerPool(TASK, item_seconds=5.0)
    try:
        pool.run(echoes(1))
        (pid,) = worker_pids(pool)
        items = [{"do": "sleep", "seconds": 0.02} if place % 2 else {"do": "pid"} for place in range(40)]
        answers: list[Any] = []
        thread = threading.Thread(target=lambda: answers.extend(pool.run(items)))
        thread.start()
        time.sleep(0.15)
        os.kill(pid, signal.SIGKILL)
        thread.join()
        assert answers[1::2] == [None] * 20
        assert all(isinstance(answer, int) for answer in answers[::2])
        assert len(set(answers[::2])) == 2
    finally:
        pool.close()


def test_a_nursery_killed_from_outside_is_started_again() -> None:
    pool = WorkerPool(TASK, item_seconds=5.0)
    try:
        pool.run(echoes(1))
        nursery = pool._nursery._process
        assert nursery is not None
        (worker,) = worker_pids(pool)
        nursery.kill()
        wait_until(lambda: not is_running(worker))
        assert pool.run(echoes(3)) == [0, 1, 2]
    finally:
        pool.close()


def test_many_threads_share_one_pool(pool: WorkerPool) -> None:
    results: dict[int, list[Any]] = {}

    def work(number: int) -> None:
        results[number] = pool.run([{"do": "echo", "value": [number, place]} for place in range(50)])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {number: [[number, place] for place in range(50)] for number in range(8)}


def test_a_worker_outlives_the_thread_that_first_asked_for_it() -> None:
    pool = WorkerPool(TASK, item_seconds=5.0)
    try:
        thread = threading.Thread(target=pool.run, args=(echoes(1),))
        thread.start()
        thread.join()
        (pid,) = worker_pids(pool)
        assert pool.run([{"do": "pid"}]) == [pid]
    finally:
        pool.close()


def test_closing_leaves_no_process_and_no_descriptor() -> None:
    before = open_descriptors()
    pool = WorkerPool(TASK, item_seconds=0.4, workers=2)
    pool.run([*echoes(40), {"do": "spin"}])
    pids = worker_pids(pool)
    assert pids
    pool.close()
    pool.close()
    wait_until(lambda: not any(map(is_running, pids)))
    assert open_descriptors() == before


def test_a_closed_pool_says_so() -> None:
    pool = WorkerPool(TASK, item_seconds=1.0)
    pool.close()
    (answer,) = pool.run(echoes(1))
    assert isinstance(answer, GradingError)
    assert "closed" in str(answer)


@pytest.mark.parametrize(
    ("target", "word"),
    [("tests.rewards.no_such_module:obey", "no_such_module"), ("tests.rewards.worker_tasks:no", "no")],
)
def test_a_task_that_cannot_be_loaded_is_a_grading_error_that_says_why(target: str, word: str) -> None:
    pool = WorkerPool(target, item_seconds=1.0)
    answers = pool.run(echoes(2))
    pool.close()
    assert all(isinstance(answer, GradingError) and word in str(answer) for answer in answers)


def test_an_item_that_json_cannot_hold_is_a_bad_reference(pool: WorkerPool) -> None:
    refused, fine = pool.run([{"do": "echo", "value": {1, 2}}, *echoes(1)])
    assert isinstance(refused, BadReference)
    assert fine == 0


def test_a_result_that_json_cannot_hold_is_a_grading_error() -> None:
    pool = WorkerPool("tests.rewards.worker_tasks:not_json", item_seconds=1.0)
    (answer,) = pool.run(echoes(1))
    pool.close()
    assert isinstance(answer, GradingError)


def test_what_waits_is_not_held_up_by_what_hangs() -> None:
    """One worker, a batch of items that hang, and beside it single items that do not."""
    pool = WorkerPool(TASK, item_seconds=1.0)
    try:
        pool.run(echoes(1))
        replies: list[Reply] = []
        hanging = threading.Thread(
            target=lambda: replies.extend(
                pool.run_timed([{"do": "spin"}, {"do": "burn", "seconds": 0.3}, {"do": "spin"}, *echoes(1)])
            )
        )
        hanging.start()
        wait_until(lambda: not pool._quick._idle.qsize())
        for value in range(5):
            assert pool.run([{"do": "echo", "value": value}]) == [value]
            assert hanging.is_alive()
        hanging.join()
    finally:
        pool.close()
    spun, burnt, spun_too, echoed = replies

    assert isinstance(spun.answer, Overrun)
    assert isinstance(spun_too.answer, Overrun)
    assert (burnt.answer, echoed.answer) == ("burnt", 0)
    assert spun.wall_ms >= 900
    assert burnt.wall_ms >= 200
    assert burnt.queue_ms >= spun.wall_ms or spun_too.queue_ms >= burnt.wall_ms


def test_waiting_is_told_apart_from_working(pool: WorkerPool) -> None:
    first, second, third = pool.run_timed([*echoes(1), {"do": "sleep", "seconds": 0.2}, *echoes(1)])

    assert second.wall_ms >= 200
    assert first.wall_ms + third.wall_ms < second.wall_ms
    assert third.queue_ms >= 200
    assert third.queue_ms > second.queue_ms >= first.queue_ms


def test_ten_thousand_answers_leave_no_process_and_no_descriptor() -> None:
    pool = WorkerPool(TASK, item_seconds=0.05, workers=2)
    bad = [{"do": "spin"}, {"do": "die"}, {"do": "garbage"}, {"do": "eat"}, {"do": "raise"}]
    batch = [*echoes(195), *bad]
    try:
        pool.run(batch)
        before = open_descriptors()
        for _ in range(50):
            answers = pool.run(batch)
            assert answers[:195] == list(range(195))
            assert not any(isinstance(answer, int) for answer in answers[195:])
        assert open_descriptors() == before
        nursery = pool._nursery._process
        assert nursery is not None
        children = Path(f"/proc/{nursery.pid}/task/{nursery.pid}/children").read_text().split()
        assert sorted(map(int, children)) == sorted(worker_pids(pool))
        assert len(list(Path(f"/proc/{nursery.pid}/fd").iterdir())) < 16
    finally:
        pool.close()
