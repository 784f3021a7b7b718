"""The corpus of hostile programs, the configurations it runs in, and what must hold after each program.

Each program in `tests/sandbox/hostile` begins with `# MUST: ... | KIND: ... | ENDS: ...`. It runs twice
in a row; a line that starts with ESCAPED says that it got out. A configuration is one entry of
`CONFIGURATIONS` and has a test file of its own, so that pytest-xdist spreads them.

Never run the corpus by root on the unsafe backend: it does what it tries, to /usr and to the interpreter.
"""

import concurrent.futures
import contextlib
import json
import os
import re
import secrets
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol

from sandbox.backend import Backend
from sandbox.backends.docker import DockerBackend
from sandbox.backends.embedded import EmbeddedBackend
from sandbox.errors import SandboxError
from sandbox.execution import Execution, Layer, Status
from sandbox.identity import unused_users
from sandbox.inside.call import decode, encode
from sandbox.job import MIB, Job, Limits
from sandbox.language import interpreter

CORPUS: Final = Path(__file__).parent / "hostile"
LIMITS: Final = Limits(
    cpu_seconds=0.5,
    wall_seconds=3,
    memory_bytes=128 * MIB,
    output_bytes=1 * MIB,
    file_bytes=4 * MIB,
    processes=8,
    open_files=64,
)
WAITING_SECONDS: Final = 1.5
"""The wall limit of programs that only wait for it."""

SECRET_VARIABLE: Final = "HOSTILE_SUITE_SECRET"
_LANGUAGES: Final = {".py": "python", ".sh": "bash", ".c": "c"}
_HEADER: Final = re.compile(
    r"(?:#|//) MUST: (?P<must>[^|]+?) \| KIND: (?P<kind>\w+)(?: \| ENDS: (?P<ends>[\w, ]+))?"
)
_AT_ONCE: Final = concurrent.futures.ThreadPoolExecutor(2)
_REPLACING_SECONDS: Final = 2.0
_SETTLING_SECONDS: Final = 5.0


# ------------------------------------------------------------------------------------ the programs


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """One program of the corpus."""

    name: str
    language: str
    source: str
    must: str
    kind: str
    ends: frozenset[Status]
    """The endings that are right for it; any where empty."""

    @property
    def calls(self) -> bool:
        """Whether one function of it is called, instead of running it for its output."""
        return self.name.startswith("function_")

    @property
    def limits(self) -> Limits:
        """Those of all, but with less to wait for where it does nothing else."""
        waits = self.ends == {Status.WALL_TIME_LIMIT}
        return replace(LIMITS, wall_seconds=WAITING_SECONDS) if waits else LIMITS

    def jobs(self, world: "dict[str, object]") -> list[Job]:
        """What is to run at once: one job, or one for each of two slots."""
        if self.calls:
            return [self._job(encode([7]).encode(), "solve")]
        roles = ("a", "b") if self.kind == "slots" else ("a",)
        return [self._job(json.dumps({**world, "role": role}).encode() + b"\n") for role in roles]

    def _job(self, stdin: bytes, entry_point: str | None = None) -> Job:
        return Job(
            source=self.source,
            language=self.language,
            stdin=stdin,
            entry_point=entry_point,
            limits=self.limits,
        )


def loaded(path: Path) -> Hostile:
    """Read one program.

    Raises:
        ValueError: its first line does not say what it is.
    """
    source = path.read_text(encoding="utf-8", errors="surrogateescape")
    header = _HEADER.fullmatch(source.partition("\n")[0].strip())
    if header is None:
        raise ValueError(f"{path.name}: the first line is no header")
    return Hostile(
        name=path.name,
        language=_LANGUAGES[path.suffix],
        source=source,
        must=header["must"],
        kind=header["kind"],
        ends=frozenset(Status(word) for word in (header["ends"] or "").replace(",", " ").split()),
    )


PROGRAMS: Final = [loaded(path) for path in sorted(CORPUS.iterdir())]


# -------------------------------------------------------------------------------- where they run


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of one job: an execution, or the backend's refusal to try; and how long that took."""

    ended: Execution | None = None
    refused: str = ""
    seconds: float = 0.0

    def as_words(self) -> "dict[str, Any]":
        """For a line of JSON."""
        words: dict[str, Any] = {"refused": self.refused, "seconds": self.seconds, "ended": None}
        if self.ended is not None:
            words["ended"] = {
                "status": self.ended.status,
                "exit_code": self.ended.exit_code,
                "stdout": self.ended.stdout.decode("latin-1"),
                "stderr": self.ended.stderr.decode("latin-1"),
                "wall_seconds": self.ended.wall_seconds,
                "cpu_seconds": self.ended.cpu_seconds,
                "memory_bytes": self.ended.memory_bytes,
                "layers": sorted(self.ended.layers),
            }
        return words

    @classmethod
    def of_words(cls, words: "dict[str, Any]") -> "Run":
        """What `as_words` said."""
        ended = words["ended"]
        if ended is not None:
            ended = Execution(
                **{
                    **ended,
                    "status": Status(ended["status"]),
                    "stdout": ended["stdout"].encode("latin-1"),
                    "stderr": ended["stderr"].encode("latin-1"),
                    "layers": frozenset(map(Layer, ended["layers"])),
                }
            )
        return cls(ended=ended, refused=words["refused"], seconds=words["seconds"])


def run_at_once(backend: Backend, jobs: Sequence[Job]) -> list[Run]:
    """Run all jobs at the same time."""

    def run(job: Job) -> Run:
        started = time.monotonic()
        try:
            ended = backend.run(job)
        except SandboxError as error:
            return Run(refused=str(error) or "no reason", seconds=time.monotonic() - started)
        return Run(ended=ended, seconds=time.monotonic() - started)

    if len(jobs) == 1:
        return [run(jobs[0])]
    return list(_AT_ONCE.map(run, jobs))


class Ground(Protocol):
    """A backend where it stands: in this process or in one with fewer rights."""

    layers: frozenset[Layer]
    pid: int
    """The backend's process."""
    users: range
    """Who its slots and programs are outside, where nobody else is; empty where others are, too."""
    engine: str
    """The folder of the Docker daemon that has its slots; empty where they are its own children."""

    def run(self, jobs: Sequence[Job]) -> list[Run]:
        """Run all jobs at the same time."""
        ...

    def close(self) -> None:
        """End it all."""
        ...


def users_of_slots() -> range:
    """Who the slots of root's backends are outside."""
    middle = unused_users()[0]
    return range(middle - 8192, middle + 8192) if os.geteuid() == 0 else range(0)


class Here:
    """A backend in the test process."""

    def __init__(self, backend: Backend, users: range | None = None, engine: str = "") -> None:
        self._backend = backend
        self.layers = backend.layers
        self.pid = os.getpid()
        self.users = users_of_slots() if users is None else users
        self.engine = engine

    def run(self, jobs: Sequence[Job]) -> list[Run]:
        """Run all jobs at the same time."""
        return run_at_once(self._backend, jobs)

    def close(self) -> None:
        """End the backend."""
        self._backend.close()


class Elsewhere:
    """A backend in a helper process that is an ordinary user (`tests.sandbox.hostile_worker`)."""

    engine = ""

    def __init__(self, **options: bool) -> None:
        # Nobody else's number, so that what it owns can be told from everything else.
        self._user = 61_000 + os.getpid() % 4_000 if os.geteuid() == 0 else os.geteuid()
        self.users = range(self._user, self._user + 1) if os.geteuid() == 0 else range(0)
        self._said = os.memfd_create("helper-stderr")
        words = json.dumps({"user": self._user, **options})
        self._process = subprocess.Popen(
            [interpreter(), "-S", "-B", Path(__file__).parent / "hostile_worker.py", words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env={SECRET_VARIABLE: os.environ[SECRET_VARIABLE]},
        )
        try:
            hello = self._line()
        except BaseException:
            self.close()
            raise
        self.layers = frozenset(map(Layer, hello["layers"]))
        self.pid = hello["pid"]

    def run(self, jobs: Sequence[Job]) -> list[Run]:
        """Run all jobs at the same time."""
        asked = [
            {
                "source": job.source,
                "language": job.language,
                "stdin": job.stdin.decode("latin-1"),
                "entry_point": job.entry_point,
                "limits": {name: getattr(job.limits, name) for name in job.limits.__slots__},
            }
            for job in jobs
        ]
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        self._process.stdin.flush()
        return [Run.of_words(words) for words in self._line()["runs"]]

    def close(self) -> None:
        """End the helper."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        os.close(self._said)

    def _line(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if line:
            words = json.loads(line)
            if "failed" not in words:
                return words
            raise RuntimeError(words["failed"])
        said = os.pread(self._said, 4000, 0).decode(errors="replace")
        raise RuntimeError(f"the helper process is gone: {said}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """One way to stand the backend up."""

    open: Callable[[], Ground]
    layers: frozenset[Layer]
    """Those that must hold in it, and `without` may not."""
    without: frozenset[Layer] = frozenset()
    generations: int = 2
    """How far below the backend's process its slots' own processes reach: deeper are programs."""
    languages: frozenset[str] = frozenset(_LANGUAGES.values())
    """Programs in others are refused, with the words `refusal`."""
    refusal: str = ""


def _docker() -> Ground:
    """On the daemon at DOCKER_HOST."""
    backend = DockerBackend(slots=2, memory_bytes=512 * MIB)
    folder = Path(os.environ["DOCKER_HOST"].removeprefix("unix://")).parent
    return Here(backend, range(2_000_000_000, 2_000_065_536), str(folder))


CONFIGURATIONS: Final = {
    "root": Configuration(
        open=lambda: Here(EmbeddedBackend(slots=2)),
        layers=frozenset({Layer.NAMESPACES, Layer.SECCOMP, Layer.RLIMITS}),
    ),
    "user": Configuration(
        open=lambda: Elsewhere(cgroup=False),
        layers=frozenset({Layer.NAMESPACES, Layer.SECCOMP, Layer.RLIMITS}),
        without=frozenset({Layer.CGROUP}),
        languages=frozenset({"python", "c"}),
        refusal="start others, which needs a cgroup that counts them all",
    ),
    "landlock": Configuration(
        open=lambda: Elsewhere(refuse_namespaces=True),
        layers=frozenset({Layer.LANDLOCK, Layer.SECCOMP, Layer.RLIMITS}),
        without=frozenset({Layer.CGROUP, Layer.NAMESPACES}),
        generations=1,
        languages=frozenset({"python"}),
        refusal="without namespaces only a lone Python program can run here",
    ),
    "docker": Configuration(
        open=_docker,
        layers=frozenset({Layer.NAMESPACES, Layer.SECCOMP, Layer.RLIMITS, Layer.CGROUP}),
        generations=1,
    ),
}


# --------------------------------------------------------------------------- the world around them


class World:
    """What lies outside the sandbox for programs to get at; anybody may, as far as permissions go."""

    def __init__(self, folder: Path, host_pid: int) -> None:
        self._secret = os.environ[SECRET_VARIABLE]
        self._folder = folder
        folder.chmod(0o777)
        self._canary = folder / "canary"
        self._canary.write_text(self._secret)
        self._canary.chmod(0o666)
        (folder / "writable").mkdir()
        (folder / "writable").chmod(0o777)
        abstract = f"hostile-suite-{secrets.token_hex(8)}"
        self._listeners = [socket.create_server(("127.0.0.1", 0))]
        for address in (f"\0{abstract}", str(folder / "listener")):
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(address)
            listener.listen()
            self._listeners.append(listener)
        (folder / "listener").chmod(0o777)
        for listener in self._listeners:
            listener.setblocking(False)
        self.words: dict[str, object] = {
            "canary": str(self._canary),
            "marker": str(folder / "writable" / "marker"),
            "port": self._listeners[0].getsockname()[1],
            "abstract": abstract,
            "unix": str(folder / "listener"),
            "host_pid": host_pid,
            "secret_env": SECRET_VARIABLE,
        }
        self._before = self._seen()

    def close(self) -> None:
        """Let go of the sockets."""
        for listener in self._listeners:
            listener.close()

    def wrongs(self) -> list[str]:
        """What of it has changed, and who has called."""
        found = []
        if not self._canary.is_file() or self._canary.read_text() != self._secret:
            found.append("the canary is not what it was")
        seen = self._seen()
        found += [
            f"{path}: {self._before.get(path)} became {seen.get(path)}" for path in self._differing(seen)
        ]
        for listener in self._listeners:
            with contextlib.suppress(BlockingIOError):
                listener.accept()[0].close()
                found.append(f"somebody called {listener.getsockname()!r}")
        return found

    def _differing(self, seen: "dict[str, tuple[int, ...]]") -> set[str]:
        return {path for path in {*seen, *self._before} if seen.get(path) != self._before.get(path)}

    def _seen(self) -> "dict[str, tuple[int, ...]]":
        paths = [self._folder, *self._folder.rglob("*")]
        return {str(path): _traits(path.lstat()) for path in paths}


def _traits(found: os.stat_result) -> tuple[int, ...]:
    return (stat.S_IFMT(found.st_mode), found.st_mode, found.st_uid, found.st_gid, found.st_nlink,
            found.st_size if stat.S_ISREG(found.st_mode) else 0, found.st_mtime_ns)  # fmt: skip


class Surroundings:
    """The backend's own processes, descriptors and files: after a program only its slots are there."""

    def __init__(self, pid: int, users: range, generations: int, engine: str = "") -> None:
        """Look at what is there before; `engine` is the folder of the Docker daemon that has the slots."""
        self._pid = pid
        self._users = users
        self._generations = generations
        self._engine = engine
        # Where the backend is not there yet, all there is is somebody else's: another test's server.
        self._strangers = set() if generations else set(_generations(_processes(), self._roots()))
        self._descriptors = self._other_descriptors()
        self._names = self._owned_names()

    def wrongs(self) -> list[str]:
        """What there is too much, once slots that are being replaced have been."""
        end = time.monotonic() + _SETTLING_SECONDS
        while (found := self._wrongs()) and time.monotonic() < end:
            time.sleep(0.05)
        return found

    def _wrongs(self) -> list[str]:
        found = self._strays()
        others = self._other_descriptors()
        found += [f"descriptor left: {name}" for name in (others - self._descriptors).elements()]
        found += [f"descriptor lost: {name}" for name in (self._descriptors - others).elements()]
        found += [f"file left: {name}" for name in self._owned_names() - self._names]
        return found

    def _strays(self) -> list[str]:
        living = _processes()
        below = _generations(living, self._roots())
        strangers = self._strangers | set(_generations(living, sorted(self._strangers)))
        found = [
            f"process left: {_described(pid)}"
            for pid, depth in below.items()
            if depth > self._generations and pid not in strangers
        ]
        for pid, (parent, user) in living.items():
            # Under root, other backends may have slots at the same time; an orphan is nobody's.
            foreign = parent == 1 or len(self._users) == 1
            if user in self._users and pid not in below and foreign:
                found.append(f"process escaped: {_described(pid)}")
        return found

    def _roots(self) -> list[int]:
        """Whose children the slots' first processes are: the backend's process, or each container's shim."""
        return _processes_with(f"{self._engine}/") if self._engine else [self._pid]

    def _other_descriptors(self) -> Counter[str]:
        """Descriptors of the backend's process by what they are, without what belongs to its slots."""
        names: Counter[str] = Counter()
        for entry in Path(f"/proc/{self._pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                names[re.sub(r"\d+", "N", str(entry.readlink()))] += 1
        slots = names.pop("/memfd:slot-stderr (deleted)", 0) if not self._engine else len(self._roots())
        for name in [name for name in names if name.startswith("/sys/fs/cgroup/")]:
            del names[name]
        names["socket:[N]"] -= slots
        names.pop(f"/proc/{self._pid}/fd", None)
        return +names

    def _owned_names(self) -> set[str]:
        found = set()
        for place in ("/tmp", "/dev/shm", "/var/tmp"):
            for entry in os.scandir(place):
                with contextlib.suppress(OSError):
                    if entry.stat(follow_symlinks=False).st_uid in self._users:
                        found.add(entry.path)
        return {path for path in found if not path.startswith("/tmp/harness-slot-")}


def _processes() -> dict[int, tuple[int, int]]:
    """Each living process's parent and user."""
    found = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with contextlib.suppress(OSError, StopIteration):
                lines = Path(entry.path, "status").read_text(errors="replace").splitlines()
                parent = next(line for line in lines if line.startswith("PPid:"))
                user = next(line for line in lines if line.startswith("Uid:"))
                found[int(entry.name)] = (int(parent.split()[1]), int(user.split()[1]))
    return found


def _processes_with(word: str) -> list[int]:
    """The shims of containers that have this word in their command line."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = path.read_bytes()
            if b"containerd-shim" in words and word.encode() in words:
                found.append(int(path.parent.name))
    return found


def _generations(living: dict[int, tuple[int, int]], ancestors: Sequence[int]) -> dict[int, int]:
    """How far below `ancestors` each of their descendants is, themselves being 0."""
    depths = dict.fromkeys(ancestors, 0)
    grown = True
    while grown:
        grown = False
        for pid, (parent, _) in living.items():
            if pid not in depths and parent in depths:
                depths[pid] = depths[parent] + 1
                grown = True
    return depths


def _described(pid: int) -> str:
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/status").read_text(errors="replace").splitlines()
        wanted = ("Name:", "State:", "PPid:", "Uid:")
        return f"{pid} " + " ".join(line.replace("\t", " ") for line in lines if line.startswith(wanted))
    return f"{pid}, gone by now"


# -------------------------------------------------------------------------------------- the arena


class Arena:
    """A configuration stood up, with the world around it."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._folder = Path(tempfile.mkdtemp(prefix="hostile-suite-"))
        self._ground: Ground | None = None
        self._world: World | None = None
        self._surroundings: Surroundings | None = None

    def close(self) -> None:
        """Take all down."""
        if self._world:
            self._world.close()
            self._world = None
        if self._ground:
            self._ground.close()
            self._ground = None
        shutil.rmtree(self._folder)

    def endure(self, program: Hostile) -> None:
        """Run one program twice, and look at everything that it must have left alone.

        Raises:
            AssertionError: the sandbox failed.
        """
        world = self.stand_up()
        assert self._ground is not None
        assert self._surroundings is not None
        wrongs = []
        try:
            for number in (1, 2):
                for run in self._ground.run(program.jobs(world.words)):
                    wrongs += [f"run {number}: {wrong}" for wrong in self._judged(program, run)]
            wrongs += world.wrongs() + self._surroundings.wrongs() + self._next_one(program)
        except BaseException:
            self._taken_down()
            raise
        if wrongs:
            # Or one failure would be told of every program after it.
            self._taken_down()
        assert not wrongs, "\n".join([f"{program.name}, which must show that {program.must}:", *wrongs])

    def stand_up(self) -> World:
        """Open the backend where it is not open, and put a new world around it."""
        if self._ground is None:
            os.environ[SECRET_VARIABLE] = f"CANARY-{secrets.token_hex(16)}"
            self._ground = self._configuration.open()
            assert self._ground.layers >= self._configuration.layers
            assert not self._ground.layers & self._configuration.without
            self._world = World(Path(tempfile.mkdtemp(dir=self._folder)), self._ground.pid)
            self._folder.chmod(0o755)
            warm = Job(source="import json\nprint(1)", limits=LIMITS)
            assert all(run.ended and run.ended.ok for run in self._ground.run([warm, warm]))
            ground = self._ground
            self._surroundings = Surroundings(
                ground.pid, ground.users, self._configuration.generations, ground.engine
            )
        assert self._world is not None
        return self._world

    def _taken_down(self) -> None:
        if self._ground:
            self._ground.close()
            self._ground = None
        if self._world:
            self._world.close()
            self._world = None

    def _judged(self, program: Hostile, run: Run) -> list[str]:
        if run.ended is None:
            if program.language in self._configuration.languages:
                return [f"refused: {run.refused}"]
            clear = re.search(self._configuration.refusal, run.refused)
            return [] if clear else [f"refused without a clear word: {run.refused}"]
        return judged(program, run.ended, run.seconds)

    def _next_one(self, program: Hostile) -> list[str]:
        """The program after it, in the same kind of slot."""
        assert self._ground is not None
        source = ("import json\n" if "import" in program.source or program.calls else "") + "print(input())"
        (run,) = self._ground.run([Job(source=source, stdin=b"honest\n", limits=LIMITS)])
        right = run.ended is not None and run.ended.ok and run.ended.stdout == b"honest\n"
        return [] if right else [f"the next program went wrong: {run}"]


@contextlib.contextmanager
def arena(name: str) -> Iterator[Arena]:
    """An arena for the configuration of that name in `CONFIGURATIONS`."""
    opened = Arena(CONFIGURATIONS[name])
    try:
        opened.stand_up()
        yield opened
    finally:
        opened.close()


def judged(program: Hostile, ended: Execution, seconds: float) -> list[str]:
    """What is wrong with one ending of a program, in words."""
    lines = ended.stdout.splitlines()
    told = f"{ended.status} {ended.exit_code}, stdout {ended.stdout[-300:]!r}, stderr {ended.stderr[-600:]!r}"
    wrongs = [line.decode(errors="replace") for line in lines if line.startswith(b"ESCAPED")]
    if program.ends and ended.status not in program.ends:
        wrongs.append(f"should have ended as {', '.join(sorted(program.ends))}: {told}")
    if program.kind == "honest" and not ended.ok:
        wrongs.append(f"an honest program ended as {told}")
    if program.calls:
        wrongs += _judged_value(program, ended, told)
    elif program.kind == "honest" and lines[-1:] != [b"HONEST OK"]:
        wrongs.append(f"an honest program was not right: {told}")
    if program.kind == "spoof" and ended.stdout == b"RIGHT-ANSWER\n":
        wrongs.append("the answer was known")
    allowed = program.limits.wall_seconds + 1
    if ended.wall_seconds >= allowed or seconds >= allowed + _REPLACING_SECONDS:
        wrongs.append(
            f"took {ended.wall_seconds:.2f} s by the sandbox's clock, {seconds:.2f} s by ours: {told}"
        )
    return wrongs


def _judged_value(program: Hostile, ended: Execution, told: str) -> list[str]:
    right = False
    with contextlib.suppress(ValueError):
        value = decode(ended.stdout)
        right = ended.ok and type(value) is int and value == 49
    if right != (program.kind == "honest"):
        return [f"the value was {'right' if right else 'wrong'}: {told}"]
    return []
