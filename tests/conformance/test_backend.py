"""Every sandbox backend that runs programs: each ending, each layer that it claims, many at once."""

import concurrent.futures
import signal
import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.backend import BACKENDS, ISOLATING, Backend, open_backend
from sandbox.errors import SandboxError, SandboxUnavailable
from sandbox.execution import Execution, Layer, Status
from sandbox.inside.call import decode, encode
from sandbox.job import MIB, Job, Limits

NOT_HERE = {"scripted", "docker", "landlock"}
"""The fake; and what runs as another user or needs an engine: see the tests of hostile programs."""

SMALL = Limits(cpu_seconds=1, wall_seconds=10, memory_bytes=96 * MIB, output_bytes=10_000, file_bytes=1 * MIB)

ENDINGS: dict[Status, tuple[str, Limits]] = {
    Status.OK: ("print(input())", SMALL),
    Status.NONZERO_EXIT: ("raise SystemExit(7)", SMALL),
    Status.SIGNAL: ("import os; os.kill(os.getpid(), 9)", SMALL),
    Status.CPU_TIME_LIMIT: ("while True: pass", Limits(cpu_seconds=0.3, wall_seconds=10)),
    Status.WALL_TIME_LIMIT: ("import time; time.sleep(60)", Limits(wall_seconds=0.3)),
    Status.MEMORY_LIMIT: ("x = bytearray(1 << 30)", SMALL),
    Status.OUTPUT_LIMIT: ("print('x' * 100_000)", SMALL),
    Status.COMPILE_ERROR: ("def f(:\n", SMALL),
}


def _layers_seen(layer: Layer) -> str:
    """A program that prints `held` if the layer is around it."""
    return {
        Layer.NAMESPACES: """
import os
unseen = not os.path.exists('/root/.profile') and not os.path.exists('/etc/hostname')
print('held' if os.getppid() == 1 and len(os.listdir('/sys' if os.path.exists('/sys') else '/box')) == 1
      and unseen else os.getppid())
""",
        Layer.SECCOMP: """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
refused = libc.unshare(0x10000000) == -1 and ctypes.get_errno() == 1
print('held' if refused and 'Seccomp:\\t2' in open('/proc/self/status').read() else 'open')
""",
        Layer.RLIMITS: """
held = []
try:
    for _ in range(1000): held.append(open('/dev/null'))
except OSError: print('held')
""",
        Layer.LANDLOCK: """
import errno, fcntl
try: fcntl.ioctl(open('/dev/null'), 0x5401, bytes(64))
except OSError as error: print('held' if error.errno == errno.EACCES else error)  # else it is no terminal
""",
        Layer.CGROUP: "print('held' if 'harness-sandbox' in open('/proc/self/cgroup').read() else 'free')",
    }[layer]


@pytest.fixture(scope="module", params=sorted(set(BACKENDS) - NOT_HERE))
def backend(request: pytest.FixtureRequest) -> Iterator[Backend]:
    opened = open_backend(request.param)
    assert opened.name == request.param
    yield opened
    opened.close()
    opened.close()


@pytest.mark.parametrize("status", list(Status))
def test_each_ending_has_its_name(backend: Backend, status: Status) -> None:
    source, limits = ENDINGS[status]
    ended = backend.run(Job(source=source, stdin=b"hello", limits=limits))
    assert ended.status is status, ended
    assert (ended.exit_code is None) == (
        status in {Status.SIGNAL, Status.CPU_TIME_LIMIT, Status.WALL_TIME_LIMIT}
    )
    assert ended.ok == (status is Status.OK)
    assert ended.layers == backend.layers
    assert 0 < ended.cpu_seconds < 5
    assert ended.memory_bytes > MIB
    assert len(ended.stdout) <= limits.output_bytes


def test_a_program_reads_its_input_and_its_files_and_answers_on_both_streams(backend: Backend) -> None:
    source = """
import sys, helper
print(input() + open('data é.txt').read())
sys.stderr.write(helper.WORD)
exit(3)
"""
    files = {"helper.py": b"WORD = 'beside'", "data é.txt": b"two"}
    ended = backend.run(Job(source=source, stdin=b"one\n", files=files))
    assert (ended.stdout, ended.stderr, ended.exit_code) == (b"onetwo\n", b"beside", 3)


def test_a_program_knows_nothing_of_our_environment(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_SECRET", "s3cr3t")
    ended = backend.run(Job(source="import os; print(sorted(set(os.environ) - {'LC_CTYPE'}))"))
    assert ended.stdout == b"[]\n"


def test_what_goes_over_the_output_limit_is_cut_and_said(backend: Backend) -> None:
    ended = backend.run(Job(source="import sys; sys.stderr.write('e' * 20_000)", limits=SMALL))
    assert (ended.status, ended.stderr) == (Status.OUTPUT_LIMIT, b"e" * 10_000)
    ended = backend.run(Job(source="import sys; sys.stdout.write('e' * 10_000)", limits=SMALL))
    assert (ended.status, ended.stdout) == (Status.OK, b"e" * 10_000)


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("", Status.OK),
        ("[" * 5_000, Status.COMPILE_ERROR),
        ("print('\ud800')", Status.COMPILE_ERROR),
        ("\tx", Status.COMPILE_ERROR),
        ("raise MemoryError", Status.MEMORY_LIMIT),
        ("raise SyntaxError('mine')", Status.NONZERO_EXIT),
        ("import os; os.close(1); os.close(2)", Status.OK),
    ],
)
def test_odd_sources_have_typed_endings(backend: Backend, source: str, status: Status) -> None:
    assert backend.run(Job(source=source)).status is status


def test_a_nul_in_the_source_is_the_programs_fault(backend: Backend) -> None:
    assert backend.run(Job(source="a\0b")).status in {Status.COMPILE_ERROR, Status.NONZERO_EXIT}


def test_ten_megabytes_of_source_and_a_hundred_of_input_go_through(backend: Backend) -> None:
    source = "import sys\nprint(len(sys.stdin.buffer.read()))\n#" + "x" * (10 << 20)
    limits = Limits(memory_bytes=1024 * MIB)
    assert backend.run(Job(source=source, stdin=bytes(100 << 20), limits=limits)).stdout == b"104857600\n"


def test_input_that_is_never_read_does_not_hang(backend: Backend) -> None:
    assert backend.run(Job(source="print(1)", stdin=b"x" * MIB)).stdout == b"1\n"


def test_an_unknown_language_is_refused_with_the_known_ones(backend: Backend) -> None:
    with pytest.raises(SandboxError, match="no language 'cobol': have bash, c, cpp, go"):
        backend.run(Job(source="", language="cobol"))


def test_a_file_may_not_take_the_programs_own_name(backend: Backend) -> None:
    with pytest.raises(SandboxError, match="own name"):
        backend.run(Job(source="", files={"main.py": b""}))


def test_children_left_behind_are_dead_when_the_run_is_over(backend: Backend) -> None:
    marker = uuid.uuid4().hex
    source = f"""
import os, subprocess, sys
subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)', '{marker}'])
"""
    assert backend.run(Job(source=source)).status is Status.OK
    assert not _processes_with(marker)


@pytest.mark.parametrize("layer", list(Layer))
def test_each_claimed_layer_holds(backend: Backend, layer: Layer) -> None:
    if layer in backend.layers:
        ended = backend.run(Job(source=_layers_seen(layer), limits=SMALL))
        assert b"held" in ended.stdout, ended
    else:
        with pytest.raises(SandboxUnavailable, match=f"lacks {layer}"):
            open_backend(backend.name, require=[layer])


def test_one_program_with_many_inputs_has_an_execution_for_each_in_order(backend: Backend) -> None:
    job = Job(source="x = int(input())\nprint(x * x)\nassert x != 3", limits=SMALL)
    told = [
        (ended.status, ended.stdout)
        for ended in backend.run_each(job, [(b"%d" % n, SMALL) for n in range(5)])
    ]
    right = [(Status.OK, b"%d\n" % n**2) for n in range(5)]
    assert told == [*right[:3], (Status.NONZERO_EXIT, b"9\n"), right[4]]


def test_runs_of_one_program_share_nothing(backend: Backend) -> None:
    source = "import os\nprint(os.listdir('.'), 'mark' in globals())\nmark = 1\nopen('left', 'w').close()"
    first, *others = [ended.stdout for ended in backend.run_each(Job(source=source), [(b"", SMALL)] * 3)]
    assert b"left" not in first
    assert others == [first, first]


def test_each_run_has_its_own_limits_and_may_not_be_asked_for(backend: Backend) -> None:
    taken = []

    def runs() -> Iterator[tuple[bytes, Limits]]:
        for seconds in (5.0, 0.2, 5.0, 5.0):
            taken.append(seconds)
            yield b"", Limits(cpu_seconds=seconds, wall_seconds=9)

    asked = backend.run_each(Job(source="for x in range(10**7): x += 1"), runs())
    assert [next(asked).status, next(asked).status] == [Status.OK, Status.CPU_TIME_LIMIT]
    asked.close()
    assert len(taken) <= 3
    assert backend.run(Job(source="print(1)")).ok


def test_a_program_that_kills_its_relatives_still_has_every_run() -> None:
    """Of an isolating backend alone: from the unsafe one it would kill this test."""
    opened = open_backend("embedded")
    source = "import os, signal\nif input() == 'kill':\n    os.kill(os.getppid(), 9)\nprint('lived')"
    runs = [(word, SMALL) for word in (b"a", b"kill", b"b", b"c")]
    told = [ended.stdout for ended in opened.run_each(Job(source=source, limits=SMALL), runs)]
    assert [told[0], *told[2:]] == [b"lived\n"] * 3
    opened.close()


def test_a_shared_run_gives_what_single_runs_give_or_nothing(backend: Backend) -> None:
    job = Job(source="import sys\nx = sys.stdin.read()\nprint(x[::-1], len(x))\n1 / len(x)")
    inputs = [b"abc", b"x" * 200_000, "é".encode()]
    shared = backend.run_shared(job, inputs)
    if shared is not None:
        single = [ended.stdout for ended in backend.run_each(job, [(each, job.limits) for each in inputs])]
        assert [ended.stdout for ended in shared] == single
    assert backend.run_shared(job, [b"abc", b""]) is None
    assert backend.run_shared(Job(source="import os; os._exit(0)"), [b"", b""]) is None
    assert (
        backend.run_shared(Job(source="print('1,2,3' + '%08d' % 5, end='')\nimport os; os._exit(0)"), [b""])
        is None
    )


def test_a_function_is_called_and_its_value_told_by_exact_type(backend: Backend) -> None:
    source = "print('noise')\ndef solve(n, rows): return {n: (1.5, [True, None, 'x'], {n}, b'y', 2j)}, rows"
    job = Job(source=source, entry_point="solve", stdin=encode([7, [(1, 2)]]).encode())
    ended = backend.run(job)
    assert decode(ended.stdout) == ({7: (1.5, [True, None, "x"], {7}, b"y", 2j)}, [(1, 2)])
    assert ended.stderr == b"noise\n"
    method = Job(
        source="class Solution:\n    def solve(self, n): return n", entry_point="solve", stdin=job.stdin
    )
    assert backend.run(replace(method, stdin=encode([7]).encode())).stdout == encode(7).encode()
    for wrong in ("class I(int): pass\ndef solve(n): return I(n)", "def other(n): return n"):
        ended = backend.run(Job(source=wrong, entry_point="solve", stdin=encode([7]).encode()))
        assert (ended.status, ended.stdout) == (Status.NONZERO_EXIT, b"")


def test_two_programs_talk_and_the_program_ends_with_its_judge(backend: Backend) -> None:
    judge = Job(source="print(20, flush=True)\nraise SystemExit(0 if input() == '400' else 1)")
    told = [
        backend.converse(judge, Job(source=f"print({expression}, flush=True)\nwhile True: input()"))
        for expression in ("int(input()) ** 2", "0")
    ]
    assert [judged.exit_code for judged, _ in told] == [0, 1]
    assert all(judged.stdout == b"" for pair in told for judged in pair)


def test_many_threads_run_at_once_and_nothing_is_left(backend: Backend) -> None:
    def answer(number: int) -> Execution:
        return backend.run(Job(source="print(int(input()) ** 2)", stdin=str(number).encode()))

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        list(pool.map(answer, range(30)))  # until all slots, and a spare, are there
    before = _open_descriptors(), threading.active_count()
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        outputs = [ended.stdout for ended in pool.map(answer, range(18))]
    assert outputs == [f"{number**2}\n".encode() for number in range(18)]
    assert (_open_descriptors(), threading.active_count()) == before


def test_a_parents_ignored_child_signal_does_not_matter(backend: Backend) -> None:
    previous = signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGCHLD})
        assert backend.run(Job(source="print(1)")).ok
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGCHLD})
        signal.signal(signal.SIGCHLD, previous)


def test_auto_is_an_isolating_backend() -> None:
    opened = open_backend("auto")
    assert opened.name in ISOLATING
    assert Layer.NAMESPACES in opened.layers
    opened.close()


def test_the_fake_answers_as_it_is_told() -> None:
    fake = open_backend("scripted")
    ended = fake.run(Job(source="print(1)"))
    assert (ended.status, ended.stdout, ended.exit_code) == (Status.OK, b"", 0)
    fake.close()
    fake.close()


def test_an_unknown_backend_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SandboxError, match=r"have auto, .*embedded.*unsafe"):
        open_backend("bwrap")


def _processes_with(marker: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if marker.encode() in path.read_bytes():
                found.append(str(path))
        except (OSError, ProcessLookupError):
            continue
    return found


def _open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
