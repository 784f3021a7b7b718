"""The hub as a process with its workers."""

import os
import queue
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from harness.errors import HarnessError
from harness.hub.client import RemoteGrader
from harness.hub.service import serve
from harness.hub.settings import HubSettings
from harness.hub.worker import ChunkGrader
from rewards.errors import GradingError
from rewards.submission import Submission

SERVE = """
import sys
from pathlib import Path
from harness.hub.service import serve
from harness.hub.settings import HubSettings
home, workers, port = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
serve(HubSettings(home=home, database_url=f"sqlite:///{home / 'harness.db'}", port=port, workers=workers))
"""
ROW = {"id": "a", "verifier": "scripted", "response": "4", "reference": {"answer": "4"}}


@contextmanager
def hub_process(home: Path, *, workers: int, port: int = 0) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A hub in a process of its own, and its address."""
    command = [sys.executable, "-c", SERVE, str(home), str(workers), str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            words, _, address = process.stdout.readline().strip().rpartition(" ")
            assert words == "hub at"
            yield process, address
        finally:
            process.kill()


def descendants(pid: int) -> set[int]:
    """Processes that `pid` started, and those that they started."""
    found: set[int] = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            if parent == pid:
                found |= {int(entry.name)} | descendants(int(entry.name))
    return found


def wait_until_gone(pids: set[int]) -> None:
    for _ in range(3000):
        if not any(is_running(pid) for pid in pids):
            return
        time.sleep(0.01)
    pytest.fail(f"still running: {pids}")


def is_running(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_busy_port_is_told_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = HubSettings(home=tmp_path, database_url=f"sqlite:///{tmp_path / 'harness.db'}", port=port)
        with pytest.raises(HarnessError, match=rf"port {port}: .*in use; --port names another"):
            serve(settings)
    assert not list(tmp_path.iterdir())


def test_a_host_that_is_not_this_machines_is_told(tmp_path: Path) -> None:
    settings = HubSettings(home=tmp_path, database_url="", host="192.0.2.1", port=0)
    with pytest.raises(HarnessError, match=r"cannot listen on 192\.0\.2\.1 port 0"):
        serve(settings)


def test_a_worker_outlives_a_database_that_cannot_be_opened(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = HubSettings(home=tmp_path, database_url=f"sqlite:///{tmp_path}/nowhere/harness.db")
    ChunkGrader(settings).grade(1)
    assert "chunk 1 was not graded" in caplog.text


@pytest.mark.service
@pytest.mark.parametrize(("way", "workers"), [(signal.SIGINT, 1), (signal.SIGTERM, 0)])
def test_a_hub_that_is_stopped_ends_in_order(tmp_path: Path, way: signal.Signals, workers: int) -> None:
    with hub_process(tmp_path, workers=workers) as (process, address):
        assert httpx.get(f"{address}/healthz").json() == {"status": "ok"}
        children = descendants(process.pid)
        process.send_signal(way)
        assert process.wait(30) == 0
        assert not any(is_running(pid) for pid in children)


@pytest.mark.service
def test_workers_are_started_again_and_end_with_their_hub(tmp_path: Path) -> None:
    with hub_process(tmp_path, workers=1) as (process, address):
        assert httpx.post(f"{address}/v1/grade", json=ROW, timeout=60).json()["reward"] == 1
        first = descendants(process.pid)
        assert len(first) >= 2
        for pid in first:
            os.kill(pid, signal.SIGKILL)
        assert httpx.post(f"{address}/v1/grade", json=ROW, timeout=60).json()["reward"] == 1
        second = descendants(process.pid)
        assert not first & second
        process.kill()
        wait_until_gone(second)


@pytest.mark.service
def test_a_hub_that_goes_away_and_comes_back_is_waited_for(tmp_path: Path) -> None:
    asked = Submission(id="a", verifier="scripted", response="4", reference={"answer": "4"})
    said: queue.SimpleQueue[str] = queue.SimpleQueue()
    with hub_process(tmp_path, workers=0) as (_, address):
        grader = RemoteGrader(address, retries=None, say=said.put)
        assert grader.grade([asked])[0].reward == 1
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(grader.grade, [asked])
        assert "is away" in said.get(timeout=30)
        with hub_process(tmp_path, workers=0, port=int(address.rpartition(":")[2])):
            assert waiting.result(timeout=60)[0].reward == 1
    assert said.get_nowait() == f"the hub at {address} is back"
    assert said.empty(), "it is said once"
    grader.close()


def test_whoever_waits_for_a_hub_is_sent_home_when_the_grader_is_closed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    said: queue.SimpleQueue[str] = queue.SimpleQueue()
    grader = RemoteGrader(f"http://127.0.0.1:{port}", retries=None, say=said.put)
    with ThreadPoolExecutor(1) as threads:
        asked = Submission(id="a", verifier="scripted", response="4", reference={"answer": "4"})
        waiting = threads.submit(grader.grade, [asked])
        said.get(timeout=30)
        grader.close()
        with pytest.raises(GradingError, match="not waited for any more"):
            waiting.result(timeout=30)
