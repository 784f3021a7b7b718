"""Hostile programs against the isolating backend: nothing gets out, nothing is left, nobody waits long."""

import dataclasses
import os
import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.backends.namespaces import NamespaceBackend
from sandbox.execution import Layer, Status
from sandbox.job import MIB, Job, Limits

LIMITS = Limits(
    cpu_seconds=0.5,
    wall_seconds=10,
    memory_bytes=128 * MIB,
    output_bytes=1 * MIB,
    file_bytes=4 * MIB,
    processes=8,
)
TRY = """
import ctypes, os, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
def must_fail(what, action):
    try:
        result = action()
    except (OSError, MemoryError, ValueError):
        return
    if result != -1:
        print('ESCAPED', what, result)
"""


@dataclass(frozen=True, kw_only=True)
class Hostile:
    """A program, and the endings that are right for it."""

    source: str
    endings: tuple[Status, ...] = (Status.OK,)
    wall_seconds: float = 10


HOSTILE = {
    "network of every family": Hostile(
        source=TRY
        + """
must_fail('reach', lambda: socket.create_connection(('127.0.0.1', PORT), 1))
for family in range(46):
    for kind in (1, 2, 3, 5):
        must_fail(f'socket {family} {kind}', lambda: socket.socket(family, kind))
left, right = socket.socketpair()
must_fail('bind', lambda: left.bind(chr(0) + 'meeting'))
must_fail('connect', lambda: left.connect(chr(0) + 'meeting'))
"""
    ),
    "reading the host": Hostile(
        source=TRY
        + """
for path in ('CANARY', '/root/.profile', '/etc/shadow', '/etc/hostname', '/proc/1/environ', '/proc/1/mem',
             '/proc/kcore', '/home', '/var', '/sys/kernel', '/dev/mem', '/dev/kvm', '/proc/1/root/etc'):
    must_fail(path, lambda: os.listdir(path) if os.path.isdir(path) else open(path, 'rb').read(1))
if len([pid for pid in os.listdir('/proc') if pid.isdigit()]) != 2:
    print('ESCAPED: sees other processes')
"""
    ),
    "writing outside its box": Hostile(
        source=TRY
        + """
for path in ('CANARY', '/usr/lib/x', '/x', '/etc/passwd', '/dev/x', '/proc/sys/kernel/core_pattern',
             '/proc/sys/kernel/hostname', '/proc/sysrq-trigger', '/proc/self/oom_score_adj', '/bin/sh',
             '/proc/sys/vm/drop_caches', '/proc/1/oom_score_adj', sys.base_prefix + '/bin/x'):
    must_fail(path, lambda: open(path, 'w'))
must_fail('remount', lambda: libc.mount(b'none', b'/usr', b'', 0x20 | 0x1000, b''))
must_fail('mknod', lambda: os.mknod('/box/sda', 0o60600, os.makedev(8, 0)))
"""
    ),
    "a fork bomb": Hostile(
        source="import os\nwhile True:\n    try: os.fork()\n    except OSError: pass\n",
        endings=(Status.CPU_TIME_LIMIT,),
    ),
    "a bomb of threads": Hostile(
        source="""
import threading, time
while True: threading.Thread(target=time.sleep, args=(9,), daemon=True).start()
""",
        endings=(Status.NONZERO_EXIT,),
    ),
    "a memory bomb": Hostile(
        source="blocks = []\nwhile True: blocks.append(bytearray(1 << 20))", endings=(Status.MEMORY_LIMIT,)
    ),
    "a memory bomb over children": Hostile(
        source="""
import os, time
for _ in range(6):
    if not os.fork():
        block = bytearray(b'x') * (60 << 20)
        time.sleep(30)
time.sleep(30)
""",
        endings=(Status.MEMORY_LIMIT,),
    ),
    "processor time spread over children": Hostile(
        source="import os\nfor _ in range(3): os.fork()\nwhile True: pass", endings=(Status.CPU_TIME_LIMIT,)
    ),
    "a flood of output": Hostile(
        source="import sys\nwhile True:\n    try: sys.stdout.write('x' * 65536)\n    except OSError: pass",
        endings=(Status.OUTPUT_LIMIT,),
    ),
    "a full disk": Hostile(
        source="""
total = 0
try:
    for number in range(100):
        with open(f'/tmp/{number}', 'wb') as file: total += file.write(bytes(1 << 20))
except OSError: pass
try:
    for number in range(100_000): open(f'/dev/shm/{number}', 'w').close()
except OSError: pass
print('ESCAPED' if total > 6 << 20 or number > 5000 else 'full')
"""
    ),
    "an endless sleep that ignores signals": Hostile(
        source="""
import signal, time
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True: time.sleep(60)
""",
        endings=(Status.WALL_TIME_LIMIT,),
        wall_seconds=0.5,
    ),
    "a stopped process": Hostile(
        source="import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
        endings=(Status.WALL_TIME_LIMIT,),
        wall_seconds=0.5,
    ),
    "a survivor by double fork": Hostile(
        source="""
import os, time
if not os.fork():
    os.setsid()
    if not os.fork():
        os.closerange(0, 3)
        time.sleep(2)
        while True: pass
    os._exit(0)
print('parent leaves')
"""
    ),
    "killing everything": Hostile(
        source="""
import os
for pid in (1, -1):
    try: os.kill(pid, 9)
    except OSError: pass
""",
        endings=(Status.OK, Status.SIGNAL),
    ),
    "slowing and limiting its guard": Hostile(
        source=TRY
        + """
import resource
must_fail('prlimit', lambda: resource.prlimit(1, resource.RLIMIT_CPU, (1, 1)))
must_fail('affinity', lambda: os.sched_setaffinity(1, {0}))
must_fail('nice', lambda: os.setpriority(os.PRIO_PROCESS, 1, 19))
must_fail('nice user', lambda: os.setpriority(os.PRIO_USER, 0, 19))
must_fail('real time', lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)))
must_fail('raise', lambda: resource.setrlimit(resource.RLIMIT_NPROC, (999, 999)))
"""
    ),
    "the kernel's larger doors": Hostile(
        source=TRY
        + """
import platform
x86 = platform.machine() == 'x86_64'
calls = {
    'unshare': (272, 97, 0x10000000), 'setns': (308, 268, 0), 'mount': (165, 40, 0), 'ptrace': (101, 117, 0),
    'bpf': (321, 280, 0), 'keyctl': (250, 219, 0), 'io_uring': (425, 425, 8), 'userfaultfd': (323, 282, 0),
    'perf': (298, 241, 0), 'clone new user': (56, 220, 0x10000011), 'memfd': (319, 279, 0),
    'handle': (304, 265, 0), 'vm_readv': (310, 270, 1), 'chroot': (161, 51, 0), 'clone3': (435, 435, 0),
    'pivot': (155, 41, 0), 'shm': (29, 194, 0),
}
for name, (on_x86, on_arm, argument) in calls.items():
    number = on_x86 if x86 else on_arm
    ctypes.set_errno(0)
    result = libc.syscall(number, argument, 0, 0, 0, 0, 0)
    if result != -1 or ctypes.get_errno() not in (1, 38):
        print('ESCAPED', name, result, ctypes.get_errno())
must_fail('setuid', lambda: os.setuid(0))
must_fail('chown', lambda: os.chown('/box', 0, 0))
must_fail('sethostname', lambda: socket.sethostname('x'))
must_fail('settime', lambda: __import__('time').clock_settime(0, 0))
"""
    ),
    "inherited descriptors": Hostile(
        source="""
import os
# 0, 1, 2, and the one that lists
if len(os.listdir('/proc/self/fd')) != 4: print('ESCAPED', os.listdir('/proc/self/fd'))
"""
    ),
    "the call table of another machine": Hostile(
        source="import ctypes\nctypes.CDLL(None).syscall(0x40000000 + 39)\nprint('ESCAPED')",
        endings=(Status.SIGNAL, Status.OK) if os.uname().machine != "x86_64" else (Status.SIGNAL,),
    ),
    "a tree too deep to walk": Hostile(
        source="""
import os
try:
    while True: os.mkdir('d'); os.chdir('d')
except OSError: print('deep')
"""
    ),
}


@pytest.fixture(scope="module")
def backend() -> NamespaceBackend:
    return NamespaceBackend()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        opened.setblocking(False)
        yield opened


@pytest.mark.sandbox
@pytest.mark.parametrize("name", list(HOSTILE))
def test_nothing_gets_out_and_the_next_program_is_right(
    name: str, backend: NamespaceBackend, listener: socket.socket, tmp_path: Path
) -> None:
    canary = tmp_path / "canary"
    canary.write_text("alive")
    before = _outer_world()
    port = listener.getsockname()[1]
    source = HOSTILE[name].source.replace("CANARY", str(canary)).replace("PORT", str(port))

    limits = dataclasses.replace(LIMITS, wall_seconds=HOSTILE[name].wall_seconds)
    ended = backend.run(Job(source=source, limits=limits))

    assert b"ESCAPED" not in ended.stdout, ended.stdout.decode()
    assert ended.status in HOSTILE[name].endings, ended
    assert ended.wall_seconds < limits.wall_seconds + 1
    assert canary.read_text() == "alive"
    with pytest.raises(BlockingIOError):
        listener.accept()
    assert _outer_world() == before
    assert backend.run(Job(source="print(input())", stdin=b"honest")).stdout == b"honest\n"


@pytest.mark.sandbox
def test_a_program_is_nobody_outside() -> None:
    """Inside it calls itself 1000; a real root outside could write the host's /proc/sys."""
    backend = NamespaceBackend()
    ended = backend.run(Job(source="print(open('/proc/self/uid_map').read())"))
    inside, outside, count = map(int, ended.stdout.split())
    assert (inside, count) == (1000, 1)
    assert outside != 0
    assert outside == os.geteuid() or outside > 100_000


@pytest.mark.sandbox
def test_a_run_that_is_interrupted_leaves_nothing(backend: NamespaceBackend) -> None:
    """What a Ctrl-C in the middle does: the descriptors and processes go with the frame."""

    class Interrupt(BaseException):
        pass

    def interrupt(*_: object) -> None:
        raise Interrupt

    before = _outer_world()
    previous = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 1)
        with pytest.raises(Interrupt):
            backend.run(Job(source="import time; time.sleep(60)", limits=Limits(wall_seconds=60)))
    finally:
        signal.signal(signal.SIGALRM, previous)
    assert _outer_world() == before


@pytest.mark.sandbox
def test_memory_is_watched_without_a_cgroup_too() -> None:
    backend = NamespaceBackend()
    backend._cgroups = None
    for name in ("a memory bomb over children", "a memory bomb"):
        ended = backend.run(Job(source=HOSTILE[name].source, limits=LIMITS))
        assert ended.status is Status.MEMORY_LIMIT, ended


@pytest.mark.sandbox
def test_pages_shared_after_a_fork_count_once() -> None:
    backend = NamespaceBackend()
    backend._cgroups = None
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


@pytest.mark.sandbox
def test_every_execution_carries_its_layers(backend: NamespaceBackend) -> None:
    ended = backend.run(Job(source=""))
    assert ended.layers >= {Layer.NAMESPACES, Layer.SECCOMP, Layer.RLIMITS}


def _outer_world() -> tuple[int, set[str], int, str]:
    """What must be back where it was: descriptors, own children, cgroups, mounts."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    cgroups = len(list(Path("/sys/fs/cgroup").glob(f"**/harness-sandbox-{os.getpid()}-*")))
    mounts = Path("/proc/self/mountinfo").read_text()
    return len(list(Path("/proc/self/fd").iterdir())), set(children.split()), cgroups, mounts
