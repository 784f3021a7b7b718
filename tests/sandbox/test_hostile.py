"""What the corpus of hostile programs does not ask: who a program is, and what a backend leaves behind.

The corpus itself is run by test_hostile_root.py and its like, one file for each configuration.
"""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.backends.embedded import EmbeddedBackend
from sandbox.execution import Execution, Layer, Status
from sandbox.job import Job, Limits
from tests.sandbox.hostile_suite import (
    CONFIGURATIONS,
    CORPUS,
    LIMITS,
    SECRET_VARIABLE,
    Surroundings,
    loaded,
    users_of_slots,
)

pytestmark = pytest.mark.sandbox


@pytest.fixture
def backend() -> Iterator[EmbeddedBackend]:
    with contextlib.closing(EmbeddedBackend(slots=2)) as opened:
        yield opened


def test_a_program_is_nobody_outside(backend: EmbeddedBackend) -> None:
    """Inside it calls itself 1000; a real root outside could write the host's /proc/sys."""
    me = Path("/proc/self/status").read_text().partition("Uid:")[2].split()[0]
    ended = backend.run(Job(source="import os\nprint(os.getuid(), open('/proc/self/uid_map').read())"))
    own, *maps = map(int, ended.stdout.split())
    outside = {inside: outer for inside, outer, _ in zip(*[iter(maps)] * 3, strict=True)}
    assert own == 1000
    assert 0 not in outside.values()
    assert outside[1000] == int(me) or outside[1000] > 100_000


def test_a_run_that_is_interrupted_leaves_nothing(backend: EmbeddedBackend) -> None:
    """What a Ctrl-C in the middle does: descriptors, processes and cgroups go with the frame."""

    class Interrupt(BaseException):
        pass

    def interrupt(*_: object) -> None:
        raise Interrupt

    assert backend.run(Job(source="")).ok
    surroundings = Surroundings(os.getpid(), users_of_slots(), generations=2)
    previous = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        with pytest.raises(Interrupt):
            backend.run(Job(source="import time; time.sleep(60)", limits=Limits(wall_seconds=60)))
    finally:
        signal.signal(signal.SIGALRM, previous)
    assert not surroundings.wrongs()
    assert backend.run(Job(source="print(input())", stdin=b"honest")).stdout == b"honest\n"


def test_a_slot_outlives_the_thread_that_started_it(backend: EmbeddedBackend) -> None:
    """The kernel tells a child of its parent's death when a thread of it ends."""
    ended: list[Execution] = []

    def run() -> None:
        ended.append(backend.run(Job(source="print(1)")))

    for _ in range(3):
        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [each.stdout for each in ended] == [b"1\n"] * 6


@pytest.mark.parametrize("name", sorted(set(CONFIGURATIONS) - {"docker"}))
def test_a_closed_backend_leaves_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET_VARIABLE, "CANARY-1")
    before = Surroundings(os.getpid(), users_of_slots(), generations=0)
    opened = CONFIGURATIONS[name].open()
    try:
        (run,) = opened.run([Job(source="import json\nprint(1)")])
        assert run.ended is not None
        assert run.ended.ok
    finally:
        opened.close()
    assert not before.wrongs()
    assert not list(Path("/sys/fs/cgroup").glob(f"**/harness-sandbox-{opened.pid}-*"))
    if opened.users:
        folders = Path("/tmp").glob("harness-slot-*")
        assert not [path for path in folders if path.stat().st_uid in opened.users]


def test_memory_is_watched_without_a_cgroup_too() -> None:
    bomb = loaded(CORPUS / "resource_memory_bomb.py").source
    with contextlib.closing(EmbeddedBackend(slots=2, cgroup=False)) as opened:
        assert opened.run(Job(source=bomb, limits=LIMITS)).status is Status.MEMORY_LIMIT


def test_pages_shared_after_a_fork_count_once(backend: EmbeddedBackend) -> None:
    source = """
import os, time
block = bytearray(b'x') * (60 << 20)
for _ in range(4):
    if not os.fork():
        time.sleep(0.3)
        os._exit(0)
for _ in range(4): os.wait()
print('shared')
"""
    assert backend.run(Job(source=source, limits=LIMITS)).stdout == b"shared\n"


def test_every_execution_carries_its_layers(backend: EmbeddedBackend) -> None:
    ended = backend.run(Job(source=""))
    assert ended.layers == backend.layers
    assert ended.layers >= {Layer.NAMESPACES, Layer.SECCOMP, Layer.RLIMITS}
