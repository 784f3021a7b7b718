"""What the sandbox is measured against: the same programs, run the ways that others run them.

Each peer takes the same work and gives back what came out. What is here is shaped as the peers are,
written for this measure; it leaves out all that they do beside running a program, in their favour.
"""

import asyncio
import contextlib
import http.client
import io
import itertools
import json
import multiprocessing
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sandbox.language import interpreter

WORKERS: Final = 2
BARE: Final = (interpreter(), "-I", "-S")
REALISTIC: Final = """
import sys, math, heapq, bisect
from collections import Counter, defaultdict, deque
from functools import lru_cache
from itertools import accumulate

size, edges, *numbers = map(int, sys.stdin.read().split())
near = defaultdict(list)
for place in range(0, 3 * edges, 3):
    one, other, cost = numbers[place:place + 3]
    near[one].append((other, cost))
    near[other].append((one, cost))
least, queue = [math.inf] * size, [(0, 0)]
while queue:
    far, place = heapq.heappop(queue)
    if far < least[place]:
        least[place] = far
        for other, cost in near[place]:
            heapq.heappush(queue, (far + cost, other))
print(*least)
print(*accumulate(least))
print(max(Counter(least).values()))
"""
PYTHON: Final = f"python3.{sys.version_info[1]}"
_FRAME: Final = 8
_SECONDS: Final = 30
_threads: Final = ThreadPoolExecutor(WORKERS)


@dataclass(frozen=True, slots=True)
class Work:
    """One program, with the inputs that it is run on and the outputs that are right."""

    source: str
    tests: tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Done:
    """What came of one program: an output for each test, and how long the whole took."""

    outputs: list[bytes]
    seconds: float


Play = Callable[[Sequence[Work]], list[Done]]


def graph(seed: int) -> tuple[bytes, bytes]:
    """An input for the realistic program, and what this very Python says is right."""
    draw = random.Random(seed)
    edges = [(place, draw.randrange(place), draw.randint(1, 99)) for place in range(1, 30)]
    edges += [(draw.randrange(30), draw.randrange(30), draw.randint(1, 99)) for _ in range(30)]
    stdin = f"30 {len(edges)} {' '.join(str(number) for edge in edges for number in edge)}\n".encode()
    right = subprocess.run([*BARE, "-c", REALISTIC], input=stdin, capture_output=True, check=True)
    return stdin, right.stdout


def in_threads(one: Callable[[Work], list[bytes]]) -> Play:
    """Play programs by as many threads as there are workers; they are kept from round to round."""

    def timed(work: Work) -> Done:
        started = time.perf_counter()
        outputs = one(work)
        return Done(outputs, time.perf_counter() - started)

    return lambda works: list(_threads.map(timed, works))


def a_process_each(*command: str) -> Play:
    """A subprocess for each test: `command -c PROGRAM`."""

    def one(work: Work) -> list[bytes]:
        return [
            subprocess.run(
                [*command, "-c", work.source], input=stdin, capture_output=True, check=True, timeout=_SECONDS
            ).stdout
            for stdin, _ in work.tests
        ]

    return in_threads(one)


def python_with_site(folder: Path) -> str:
    """A Python that starts as Pythons do, in an empty environment: what is installed here costs nothing."""
    subprocess.run([*BARE, "-m", "venv", "--without-pip", str(folder)], check=True)
    return str(folder / "bin" / "python")


def bubblewrap(program: str) -> tuple[str, ...]:
    """The bare interpreter within all namespaces, over the root that bwrap's own manual shows."""
    prefix, words = sys.base_prefix, [program, "--unshare-all", "--die-with-parent"]
    words += ["--ro-bind", "/usr", "/usr", "--ro-bind", prefix, prefix]
    for place in map(Path, ("/bin", "/lib", "/lib64")):
        if place.is_symlink():
            words += ["--symlink", str(place.readlink()), str(place)]
        elif place.exists():
            words += ["--ro-bind", str(place), str(place)]
    return (*words, "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", *BARE)  # noqa: S108 - inside


def manager_and_process(works: Sequence[Work]) -> list[Done]:
    """LiveCodeBench's shape: a manager and a forked process for each program, all its tests inside it."""
    with ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("fork")) as workers:
        return list(workers.map(_checked_by_process, works))


def _checked_by_process(work: Work) -> Done:
    started = time.perf_counter()
    context = multiprocessing.get_context("fork")
    with context.Manager() as manager:
        outputs = manager.list()
        inputs = [stdin for stdin, _ in work.tests]
        process = context.Process(target=_run_tests, args=(work.source, inputs, outputs))
        process.start()
        process.join(_SECONDS)
        if process.is_alive():
            process.kill()
        found = list(outputs)
    return Done(found, time.perf_counter() - started)


def _run_tests(source: str, inputs: Sequence[bytes], outputs: Any) -> None:
    """Compile once, then run in this very process with other streams, under an alarm."""
    code = compile(source, "main.py", "exec")
    for stdin in inputs:
        signal.alarm(_SECONDS)
        sys.stdin = io.TextIOWrapper(io.BytesIO(stdin))
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(code, {"__name__": "__main__"})  # noqa: S102 - what is measured
        signal.alarm(0)
        outputs.append(said.getvalue().encode())


def service(python: str) -> Play:
    """A code-running service's shape, without its HTTP: a file and an asyncio subprocess for each run."""

    async def run(source: str, stdin: bytes) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            process = await asyncio.create_subprocess_exec(
                python,
                _written(folder, source),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=folder,
            )
            stdout, _ = await asyncio.wait_for(process.communicate(stdin), _SECONDS)
            return stdout

    async def one(work: Work, free: asyncio.Semaphore) -> Done:
        async with free:
            started = time.perf_counter()
            outputs = [await run(work.source, stdin) for stdin, _ in work.tests]
            return Done(outputs, time.perf_counter() - started)

    async def every(works: Sequence[Work]) -> list[Done]:
        free = asyncio.Semaphore(WORKERS)
        return await asyncio.gather(*(one(work, free) for work in works))

    return lambda works: asyncio.run(every(works))


def _written(folder: str, source: str) -> str:
    with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".py", delete=False) as file:
        file.write(source)
    return file.name


class WarmContainer:
    """A container that waits, and `docker exec` of its python for each test, over Docker's own interface.

    Without the `docker` command, whose start would count against it.
    """

    def __init__(self, host: str, image: str) -> None:
        """Start it."""
        self._host = host
        words = {"Image": image, "Entrypoint": ["sleep", "3600"], "HostConfig": {"NetworkMode": "none"}}
        self._id = self._asked("POST", "/containers/create", words)["Id"]
        self._asked("POST", f"/containers/{self._id}/start")

    def close(self) -> None:
        """Remove it."""
        self._asked("DELETE", f"/containers/{self._id}?force=true")

    def outputs(self, work: Work) -> list[bytes]:
        """Run one program on its tests."""
        return [self._executed(work.source, stdin) for stdin, _ in work.tests]

    def _executed(self, source: str, stdin: bytes) -> bytes:
        words: dict[str, object] = {f"Attach{name}": True for name in ("Stdin", "Stdout", "Stderr")}
        words |= {"Cmd": [PYTHON, "-I", "-S", "-c", source]}
        made = self._asked("POST", f"/containers/{self._id}/exec", words)["Id"]
        body = b'{"Detach": false, "Tty": false}'
        head = (
            f"POST /exec/{made}/start HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\n"
            f"Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        with connected(self._host) as line, line.makefile("rb") as answer:
            line.sendall(head.encode() + body)
            status = answer.readline()
            if b" 101 " not in status:
                raise RuntimeError(f"docker exec: {status.decode(errors='replace').strip()}")
            list(itertools.takewhile(bytes.strip, answer))  # the rest of the head
            line.sendall(stdin)
            line.shutdown(socket.SHUT_WR)
            return _first_stream(answer)

    def _asked(self, method: str, path: str, words: object = None) -> Any:
        connection = http.client.HTTPConnection("docker", timeout=_SECONDS)
        connection.sock = connected(self._host)
        with contextlib.closing(connection):
            body = None if words is None else json.dumps(words)
            connection.request(method, path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            said = answer.read()
            if answer.status >= http.client.BAD_REQUEST:
                raise RuntimeError(f"docker {method} {path}: {said.decode(errors='replace').strip()}")
            return json.loads(said) if said else None


def connected(host: str) -> socket.socket:
    """A connection to `unix://PATH` or `tcp://NAME:PORT`."""
    kind, _, place = host.partition("://")
    if kind != "unix":
        name, _, port = place.rpartition(":")
        return socket.create_connection((name, int(port)), timeout=_SECONDS)
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(_SECONDS)
    line.connect(place)
    return line


def _first_stream(answer: io.BufferedReader) -> bytes:
    """The standard output out of Docker's frames of both."""
    said = b""
    while len(head := answer.read(_FRAME)) == _FRAME:
        words = answer.read(int.from_bytes(head[4:]))
        said += words if head[0] == 1 else b""
    return said


@contextlib.contextmanager
def own_cgroup() -> Iterator[Path | None]:
    """Be in a CPU-counting cgroup of one's own (version 1); None where that is not to be had.

    It counts all that is started here alike, also what others reap, and slots in cgroups below it.
    """
    lines = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()]
    found = [path for _, names, path in lines if "cpuacct" in names.split(",")]
    above = Path(f"/sys/fs/cgroup/cpuacct/{found[0] if found else ''}")
    below = above / f"harness-benchmark-{os.getpid()}"
    try:
        below.mkdir()
        (below / "cgroup.procs").write_text("0")
    except OSError:
        yield None
        return
    try:
        yield below
    finally:
        (above / "cgroup.procs").write_text("0")
        with contextlib.suppress(OSError):  # what was started here may be on its way out
            below.rmdir()
