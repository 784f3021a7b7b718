"""The docker backend on a daemon of the tests' own: what it runs, what it stops, and that nothing is left."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.backend import open_backend
from sandbox.backends.docker import DockerBackend
from sandbox.errors import SandboxError, SandboxUnavailable
from sandbox.execution import Execution, Layer, Status
from sandbox.job import MIB, Job, Limits
from tests.sandbox.docker_engine import IMAGE_SECONDS, containers, docker, docker_engine

MOST = IMAGE_SECONDS + 120
pytestmark = [pytest.mark.sandbox, pytest.mark.service, pytest.mark.slow, pytest.mark.timeout(MOST)]

SMALL = Limits(cpu_seconds=1, wall_seconds=10, memory_bytes=96 * MIB, output_bytes=10_000, file_bytes=1 * MIB)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with docker_engine() as started:
        yield started


@pytest.fixture(scope="module")
def backend(address: str) -> Iterator[DockerBackend]:
    opened = DockerBackend(host=address, slots=2, memory_bytes=1536 * MIB)
    yield opened
    opened.close()
    opened.close()


ENDINGS: dict[str, tuple[str, Limits, Status]] = {
    "itself": ("print(input())", SMALL, Status.OK),
    "a code": ("raise SystemExit(7)", SMALL, Status.NONZERO_EXIT),
    "a signal": ("import os; os.kill(os.getpid(), 9)", SMALL, Status.SIGNAL),
    "CPU time": ("while True: pass", Limits(cpu_seconds=0.3), Status.CPU_TIME_LIMIT),
    "wall time": ("import time; time.sleep(60)", Limits(wall_seconds=0.3), Status.WALL_TIME_LIMIT),
    "memory": ("x = bytearray(1 << 30)", SMALL, Status.MEMORY_LIMIT),
    "output": ("print('x' * 100_000)", SMALL, Status.OUTPUT_LIMIT),
    "its syntax": ("def f(:\n", SMALL, Status.COMPILE_ERROR),
}


@pytest.mark.parametrize("what", ENDINGS)
def test_each_ending_has_its_name(backend: DockerBackend, what: str) -> None:
    source, limits, status = ENDINGS[what]
    ended = backend.run(Job(source=source, stdin=b"hello", limits=limits))
    assert ended.status is status, ended
    assert ended.layers == backend.layers
    assert ended.memory_bytes > MIB


def test_a_program_reads_its_input_and_its_files_and_answers_on_both_streams(backend: DockerBackend) -> None:
    source = """
import sys, helper
print(input() + open('data é.txt').read())
sys.stderr.write(helper.WORD)
exit(3)
"""
    files = {"helper.py": b"WORD = 'beside'", "data é.txt": b"two"}
    ended = backend.run(Job(source=source, stdin=b"one\n", files=files))
    assert (ended.stdout, ended.stderr, ended.exit_code) == (b"onetwo\n", b"beside", 3)


def test_what_a_program_leaves_in_any_place_is_gone_for_the_next(backend: DockerBackend) -> None:
    source = """
import os
for place in ('/box', '/tmp', '/dev/shm'):
    print([name for name in os.listdir(place) if name != 'main.py'])
    os.mkdir(f'{place}/kept', 0o700)
    open(f'{place}/kept/file', 'w').write('x')
    os.chmod(f'{place}/kept', 0)
"""
    for _ in range(4):
        assert backend.run(Job(source=source)).stdout == b"[]\n[]\n[]\n"


def test_all_places_share_one_quota(backend: DockerBackend) -> None:
    source = """
wrote = 0
for place in ('/box', '/tmp', '/dev/shm'):
    try:
        with open(f'{place}/file', 'wb', buffering=0) as file:
            for _ in range(64): wrote += file.write(bytes(65536))
    except OSError: pass
print(wrote < 3 << 20)
"""
    assert backend.run(Job(source=source, limits=SMALL)).stdout == b"True\n"


def test_the_child_of_a_fork_gets_containers_of_its_own(address: str, backend: DockerBackend) -> None:
    before = set(containers(address))
    child = os.fork()
    if not child:
        ended = backend.run(Job(source="print(1)"))
        os._exit(0 if ended.ok and set(containers(address)) - before else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert backend.run(Job(source="print(1)")).ok


def test_the_layers_that_it_claims_hold(backend: DockerBackend) -> None:
    assert backend.layers >= {Layer.NAMESPACES, Layer.SECCOMP, Layer.RLIMITS, Layer.CGROUP}
    source = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
status = dict(line.split(':\\t', 1) for line in open('/proc/self/status') if ':\\t' in line)
print(os.getuid() >= 2_000_000_000, os.getgid() == os.getuid(), os.getgroups())
print(libc.unshare(0x10000000), ctypes.get_errno(), int(status['Seccomp']), int(status['NoNewPrivs']))
print([int(status[name], 16) for name in ('CapPrm', 'CapEff', 'CapInh', 'CapAmb')])
print(sorted(pid for pid in os.listdir('/proc') if pid.isdigit()) == sorted({'1', str(os.getpid())}))
"""
    ended = backend.run(Job(source=source))
    assert ended.stdout == b"True True []\n-1 1 2 1\n[0, 0, 0, 0]\nTrue\n", ended


def test_what_is_not_its_own_is_out_of_reach(backend: DockerBackend) -> None:
    source = """
import os
reached = []
for path in ('/etc/hostname', '/etc/shadow', '/opt/harness/sandbox/__init__.py', '/proc/1/environ',
             '/proc/1/mem', '/run/harness', '/sys/fs/cgroup', '/sys/kernel', '/root', '/proc/1/maps'):
    try:
        os.listdir(path) if os.path.isdir(path) else open(path, 'rb').read(1)
        reached.append(path)
    except OSError: pass
for path in ('/usr/lib/x', '/x', '/etc/passwd', '/packages/x', '/dev/x', '/run/x', '/proc/sysrq-trigger',
             '/proc/sys/kernel/core_pattern', '/sys/fs/cgroup/memory.max',
             '/sys/fs/cgroup/memory/memory.limit_in_bytes'):
    try:
        open(path, 'w')
        reached.append(path)
    except OSError: pass
print(reached)
"""
    assert backend.run(Job(source=source)).stdout == b"[]\n"


def test_there_is_no_network(backend: DockerBackend) -> None:
    source = """
import socket
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK):
    try: socket.socket(family, socket.SOCK_DGRAM)
    except PermissionError: print('refused')
"""
    assert backend.run(Job(source=source)).stdout == b"refused\n" * 4


def test_memory_is_counted_over_all_children(backend: DockerBackend) -> None:
    source = """
import os, time
for _ in range(6):
    if not os.fork():
        kept = bytearray(60 << 20)
        time.sleep(20)
time.sleep(20)
"""
    ended = backend.run(Job(source=source, limits=Limits(memory_bytes=128 * MIB)))
    assert ended.status is Status.MEMORY_LIMIT, ended
    assert ended.wall_seconds < 5


def test_the_containers_own_limit_is_the_last_word(address: str) -> None:
    tight = DockerBackend(host=address, slots=2, memory_bytes=160 * MIB)
    source = "import os\nfor _ in range(5): os.fork()\nkept = bytearray(90 << 20)\nwhile True: pass"
    try:
        ended = tight.run(Job(source=source, limits=Limits(memory_bytes=96 * MIB, processes=64)))
        assert ended.status is Status.MEMORY_LIMIT, ended
        assert tight.run(Job(source="print(1)", limits=SMALL)).stdout == b"1\n"
        with pytest.raises(SandboxError, match="may have 96 MiB in these containers, not 97"):
            tight.run(Job(source="", limits=Limits(memory_bytes=97 * MIB)))
    finally:
        tight.close()


def test_a_fork_bomb_ends_and_its_neighbour_does_not_notice(backend: DockerBackend) -> None:
    bomb = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"
    ended: list[Execution] = []
    limits = Limits(cpu_seconds=1, wall_seconds=10)
    thread = threading.Thread(target=lambda: ended.append(backend.run(Job(source=bomb, limits=limits))))
    thread.start()
    source = "import os\nfor _ in range(8): os.fork() or os._exit(0); os.wait()\nprint('forked')"
    for _ in range(5):
        assert backend.run(Job(source=source)).stdout == b"forked\n"
    thread.join()
    assert ended[0].status is Status.CPU_TIME_LIMIT, ended


def test_twenty_inputs_of_one_program(backend: DockerBackend) -> None:
    runs = [(str(number).encode(), SMALL) for number in range(20)]
    ended = list(backend.run_each(Job(source="print(int(input()) ** 2)", limits=SMALL), runs))
    assert [each.stdout for each in ended] == [f"{number**2}\n".encode() for number in range(20)]


def test_two_programs_talk_to_each_other(backend: DockerBackend) -> None:
    judge = "import sys\nprint(5, flush=True)\nsys.stderr.write(input())"
    program = "print(int(input()) * 2, flush=True)"
    judged, played = backend.converse(Job(source=judge), Job(source=program))
    assert (judged.status, judged.stderr, played.status) == (Status.OK, b"10", Status.OK)


def test_numpy_and_a_compiled_program(backend: DockerBackend) -> None:
    assert backend.run(Job(source="import numpy\nprint(numpy.arange(4).sum())")).stdout == b"6\n"
    source = '#include <cstdio>\nint main() { int n; scanf("%d", &n); printf("%d", n * n); return n; }'
    ended = backend.run(Job(source=source, language="cpp", stdin=b"7"))
    assert (ended.stdout, ended.exit_code) == (b"49", 7), ended


def test_a_container_killed_in_the_middle_of_a_run_is_replaced_and_the_run_is_right(address: str) -> None:
    others = set(containers(address))
    opened = DockerBackend(host=address, slots=1)
    try:
        (only,) = set(containers(address)) - others
        job = Job(source="import time\ntime.sleep(1)\nprint(input())", stdin=b"whole")
        found: list[Execution] = []
        thread = threading.Thread(target=lambda: found.append(opened.run(job)))
        thread.start()
        time.sleep(0.5)
        docker(address, "kill", only)
        thread.join()
        assert (found[0].status, found[0].stdout) == (Status.OK, b"whole\n"), found
        assert len(set(containers(address)) - others - {only}) == 1
    finally:
        opened.close()


def test_nothing_is_left_after_close(address: str) -> None:
    before, folders = set(containers(address)), _folders()
    descriptors, threads = _descriptors(), threading.active_count()
    opened = DockerBackend(host=address, slots=2)
    assert opened.run(Job(source="print(1)")).ok
    assert set(containers(address)) - before
    opened.close()
    opened.close()
    assert not set(containers(address)) - before  # other tests' may end meanwhile
    assert not _folders() - folders
    assert (_descriptors(), threading.active_count()) == (descriptors, threads)


def test_containers_end_with_a_process_that_was_killed(address: str) -> None:
    before = set(containers(address))
    source = (
        "import os, sys; from sandbox.backends.docker import DockerBackend; from sandbox.job import Job\n"
        "DockerBackend(host=sys.argv[1], slots=1).run(Job(source='print(1)')); os.kill(os.getpid(), 9)"
    )
    subprocess.run(
        [sys.executable, "-c", source, address], cwd=Path(__file__).parents[2], check=False, timeout=60
    )
    latest = time.monotonic() + 10
    while set(containers(address)) - before and time.monotonic() < latest:
        time.sleep(0.1)
    assert not set(containers(address)) - before


def test_a_container_is_confined_as_a_whole(address: str, backend: DockerBackend) -> None:
    assert backend.run(Job(source="print(1)")).ok
    told = docker(address, "inspect", containers(address)[0])
    held: dict[str, Any] = json.loads(told)[0]["HostConfig"]
    assert held["NetworkMode"] == "none"
    assert held["ReadonlyRootfs"]
    assert held["IpcMode"] == "none"
    assert held["Memory"] == held["MemorySwap"] == 1536 * MIB
    assert 0 < held["PidsLimit"] <= 1024
    assert held["CapDrop"] == ["ALL"]
    assert sorted(held["CapAdd"]) == ["DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID"]
    assert held["SecurityOpt"] == ["no-new-privileges"]
    assert all(bind.endswith(":ro") for bind in held["Binds"])


def test_what_is_missing_is_said(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SandboxUnavailable, match="no image 'nothing:here': make it by scripts/make-sandbox"):
        DockerBackend(host=address, image="nothing:here")
    with pytest.raises(SandboxUnavailable, match="no runtime 'nothing': it has"):
        DockerBackend(host=address, runtime="nothing")
    with pytest.raises(SandboxUnavailable, match=r"elsewhere .* is not supported yet"):
        DockerBackend(host="tcp://127.0.0.1:1")
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    with pytest.raises(SandboxUnavailable, match="no Docker daemon answers at unix:///nowhere"):
        open_backend("docker")
    monkeypatch.setitem(sys.modules, "docker", None)
    with pytest.raises(SandboxUnavailable, match=r"pip install 'prorl-harness\[docker\]'"):
        DockerBackend(host=address)


def _folders() -> set[Path]:
    return set(Path("/tmp").glob("harness-container-*"))


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
