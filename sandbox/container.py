"""A slot's vessel that is a container of a Docker daemon on this machine.

    our process                          the container
    ours ═══════ one socket pair ═══════ theirs   pid 1: `sandbox.inside.launcher`, the slot's server
         listens in a folder of its own ── connects through the folder, bound read-only; is handed
                                           `theirs` and the plan; the folder goes at once

The container ends when we hang up, however that comes about, and the daemon then removes it. Starting
one takes a sixth of a second of waiting for the daemon, which a thread does. Does not cover daemons on
other machines: no descriptor gets there.
"""

import contextlib
import itertools
import marshal
import os
import secrets
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sandbox
from sandbox.errors import SandboxUnavailable
from sandbox.inside.tree import BOX, WRITABLE
from sandbox.language import PACKAGES
from sandbox.memory_file import fill
from sandbox.profiles import NUMPY, PREIMPORTS, STANDARD, package_paths
from sandbox.refusals import alone_filter, program_filter
from sandbox.slot import SlotKind

LABEL: Final = "harness-sandbox"
_CODE: Final = "/opt/harness"
_MEETING: Final = "/run/harness"
_PYTHON: Final = (3, 11)
"""Of the image; numpy is lent to programs where ours is the same."""
_CAPABILITIES: Final = ("DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID")
"""To become another user for each program, to end it, and to wipe what it left."""
_READABLE: Final = ("/usr", "/lib", "/lib64", "/bin", "/proc", PACKAGES)
_READABLE_SETTINGS: Final = ("ld.so.cache", "alternatives", "passwd", "group", "localtime", "ssl/openssl.cnf")
_MOST_PROCESSES: Final = 1024
_START_SECONDS: Final = 60
_END_SECONDS: Final = 10
_REMAPPED: Final = frozenset({"name=userns", "name=rootless"})
_serial: Final = itertools.count(os.getpid() * 64)

_BOOT: Final = f"""
import sys, _socket
meeting = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
meeting.connect("{_MEETING}/" + sys.argv[1])
numbers = memoryview(meeting.recvmsg(1, 64)[1][0][2]).cast("i").tolist()
meeting.close()
try:
    sys.path.insert(0, "{_CODE}")
    from sandbox.inside.launcher import main
    main(*numbers)
except BaseException as error:
    _socket.socket(fileno=numbers[0]).send(f"failed {{type(error).__name__}}: {{error}}".encode()[:2000])
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """A daemon, and what containers there are made of.

    Holds no connection, so that threads and children of a fork may share it.
    """

    docker: Any
    """The SDK's module."""
    address: str
    version: str
    """Of the daemon's interface, asked for once."""
    image: str
    runtime: str | None
    memory_bytes: int
    """For everything in one container together, its files too."""
    remapped: bool
    """Whether the daemon gives a container few users, and its root no rights on our files."""

    @classmethod
    def found(cls, *, host: str | None, image: str, runtime: str | None, memory_bytes: int) -> "Engine":
        """Ask the daemon who it is, and whether it has the image.

        Raises:
            SandboxUnavailable: it does not answer, or cannot do what is needed; the message says what
                to do.
        """
        try:
            import docker
        except ImportError as error:
            raise SandboxUnavailable(
                f"the docker backend needs Docker's SDK: pip install 'prorl-harness[docker]' ({error})"
            ) from None
        address = host or os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
        if not address.startswith("unix://"):
            raise SandboxUnavailable(
                f"a Docker daemon elsewhere ({address}) is not supported yet, since descriptors do not get "
                "there: run the harness beside it, or give one at unix://"
            )
        try:
            _reach(address)
            with contextlib.closing(docker.APIClient(address, version="auto", timeout=_END_SECONDS)) as client:
                facts, version = client.info(), client.api_version
                client.inspect_image(image)
        except docker.errors.ImageNotFound:
            raise SandboxUnavailable(
                f"the Docker daemon at {address} has no image {image!r}: make it by "
                "scripts/make-sandbox-image, or build sandbox/docker/Dockerfile"
            ) from None
        except (OSError, docker.errors.DockerException) as error:
            raise SandboxUnavailable(
                f"no Docker daemon answers at {address}: start one, or set DOCKER_HOST ({error})"
            ) from None
        _check(facts, runtime)
        return cls(
            docker=docker,
            address=address,
            version=version,
            image=image,
            runtime=runtime,
            memory_bytes=memory_bytes,
            remapped=bool(_REMAPPED & {option.split(",")[0] for option in facts["SecurityOptions"] or ()}),
        )

    @contextlib.contextmanager
    def client(self, seconds: float = _END_SECONDS) -> Iterator[Any]:
        """The SDK's client for one thread; its failures come out as `OSError`."""
        _reach(self.address)
        try:
            with contextlib.closing(
                self.docker.APIClient(self.address, version=self.version, timeout=seconds)
            ) as client:
                yield client
        except self.docker.errors.DockerException as error:
            raise OSError(str(error)) from error

    def gone(self, container: str) -> bool:
        """Whether the daemon has a container no more."""
        with self.client() as client:
            try:
                client.inspect_container(container)
            except self.docker.errors.NotFound:
                return True
        return False


def _reach(address: str) -> None:
    """Knock, for the SDK leaves a socket open where nobody answers.

    Raises:
        OSError: nobody does.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knocking:
        knocking.settimeout(_END_SECONDS)
        knocking.connect(address.removeprefix("unix://"))


def _check(facts: Mapping[str, Any], runtime: str | None) -> None:
    missing = [limit for limit in ("MemoryLimit", "PidsLimit") if not facts.get(limit)]
    if missing:
        raise SandboxUnavailable(
            f"this Docker daemon cannot keep {' and '.join(missing)} (no cgroup controllers): a rootless "
            "one needs them delegated"
        )
    known = sorted(facts.get("Runtimes") or ())
    if runtime is not None and runtime not in known:
        raise SandboxUnavailable(f"this Docker daemon has no runtime {runtime!r}: it has {', '.join(known)}")


class DockerVessel:
    """One container and its connection; nobody but its slot uses it."""

    def __init__(self, engine: Engine, kind: SlotKind) -> None:
        """Have a container for `kind` on its way, and come back at once.

        Raises:
            OSError: not even a socket can be had.
        """
        self._engine, self._kind = engine, kind
        self.connection, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.container = ""
        """Its id; empty before there is one and after its end."""
        self._failure = ""
        self._closed = False
        self._since = int(time.time())
        self._starting = threading.Thread(target=self._start, args=(theirs,), name="harness-container")
        self._starting.start()

    def out_of_memory(self) -> bool:
        """Whether the kernel had to kill in here for memory: the daemon's events tell it, also afterwards."""
        self._starting.join(_START_SECONDS)
        if not self.container:
            return False
        about = {"container": self.container, "type": "container", "event": ["oom", "die"]}
        seen: set[str] = set()
        last_look = time.monotonic() + 2
        with contextlib.suppress(OSError), self._engine.client() as client:
            while "oom" not in seen and time.monotonic() < last_look:
                # The two may come in either order: look once more after the death.
                over = "die" in seen
                until = int(time.time()) + 1
                events = client.events(since=self._since, until=until, filters=about, decode=True)
                seen = {event["Action"] for event in events}
                if over:
                    break
        return "oom" in seen

    def last_words(self) -> str:
        """Why it could not be started; containers keep no logs."""
        if self._starting.is_alive():
            return "the Docker daemon has not started its container yet"
        return self._failure

    def close(self) -> None:
        """Hang up, which ends the container, and see it gone. Safe to call twice."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(OSError):
            # Which the other side hears of even while the child of a fork holds a copy.
            self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()
        self._starting.join(_START_SECONDS)
        with contextlib.suppress(OSError):
            self._remove()

    def _start(self, theirs: socket.socket) -> None:
        folder = Path(tempfile.mkdtemp(prefix="harness-container-"))
        try:
            with theirs, socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as meeting:
                name = secrets.token_hex(8)
                meeting.bind(str(folder / name))
                if self._engine.remapped:
                    # Its root is nobody here: it walks through, knowing the name, and no one else can.
                    folder.chmod(0o711)
                    (folder / name).chmod(0o666)
                meeting.listen(1)
                self._make(folder, name)
                self._hand_over(meeting, theirs)
        except OSError as error:
            self._failure = str(error)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _make(self, folder: Path, name: str) -> None:
        with self._engine.client(_START_SECONDS) as client:
            made = client.create_container(
                self._engine.image,
                entrypoint=["python3.11", "-P", "-s", "-S", "-B", "-X", "utf8", "-c", _BOOT, name],
                command=[],
                user="0:0",
                working_dir="/",
                hostname="box",
                # The same order of sets in every run: a verdict must not hang on chance.
                environment={"PYTHONHASHSEED": "0"},
                labels={LABEL: str(os.getpid())},
                network_disabled=True,
                host_config=client.create_host_config(**self._confines(folder)),
            )
            self.container = made["Id"]
            client.start(self.container)

    def _confines(self, folder: Path) -> dict[str, Any]:
        """Around the container as a whole; what is around each program beside, the plan says."""
        quota = f"size={self._kind.scratch_bytes},nr_inodes={self._kind.scratch_files},mode=1777"
        # The code lies in a folder of ours, and a program may read what it finds: Landlock hides it.
        lent = {str(folder): _MEETING, str(Path(sandbox.__path__[0])): f"{_CODE}/sandbox"}
        lent |= {str(path): f"{PACKAGES}/{path.name}" for path in _packages(self._kind)}
        return {
            "auto_remove": True,
            "binds": [f"{ours}:{inside}:ro" for ours, inside in lent.items()],
            "cap_add": list(_CAPABILITIES),
            "cap_drop": ["ALL"],
            "init": False,
            "ipc_mode": "none",
            "log_config": {"Type": "none"},
            "mem_limit": self._engine.memory_bytes,
            "memswap_limit": self._engine.memory_bytes,
            "network_mode": "none",
            "pids_limit": _MOST_PROCESSES,
            "read_only": True,
            "runtime": self._engine.runtime,
            "security_opt": ["no-new-privileges"],
            "tmpfs": {place: f"rw,exec,nosuid,nodev,{quota}" for place in WRITABLE},
        }

    def _hand_over(self, meeting: socket.socket, theirs: socket.socket) -> None:
        meeting.settimeout(1)
        latest = time.monotonic() + _START_SECONDS
        while True:
            try:
                connection, _ = meeting.accept()
            except TimeoutError:
                if self._engine.gone(self.container) or time.monotonic() > latest:
                    raise OSError(
                        f"a container of {self._engine.image} did not come to be: it needs python3.11"
                    ) from None
            else:
                break
        planned = os.memfd_create("plan")
        try:
            fill(planned, marshal.dumps(container_plan(self._kind, remapped=self._engine.remapped)))
            with connection:
                socket.send_fds(connection, [b"."], [theirs.fileno(), planned])
        finally:
            os.close(planned)

    def _remove(self) -> None:
        """Rather than wait for the daemon to notice; it says of a container that goes already: conflict."""
        container, self.container = self.container, ""
        if not container:
            return
        with contextlib.suppress(OSError), self._engine.client() as client:
            client.remove_container(container, force=True, v=True)
        latest = time.monotonic() + _END_SECONDS
        while not self._engine.gone(container) and time.monotonic() < latest:
            time.sleep(0.01)


def container_plan(kind: SlotKind, *, remapped: bool = False) -> dict[str, Any]:
    """What the launcher in a container is to make of it, as `sandbox.plans` has it for others."""
    packages = _packages(kind)
    profile = kind.profile if packages or kind.profile != NUMPY else STANDARD
    # Far from any real account's number and from the embedded backend's, and others in each container:
    # the kernel counts a user's processes over all containers together.
    first, count = (20_000, 40_000) if remapped else (2_000_000_000, 65_536)
    user = first + next(_serial) % count
    return {
        "filter": program_filter(),
        "preimports": list(PREIMPORTS[profile]),
        "hidden_paths": [_CODE],
        "namespaces": False,
        "container": True,
        "join": [],
        "meter": {},
        "drop_groups": True,
        "server_user": None,
        "server_group": user,
        "drop_to": user,
        "everything": True,
        "extra_filter": alone_filter(),
        "box": BOX,
        "scratch": list(WRITABLE),
        "readable": [*_READABLE, *(f"/etc/{name}" for name in _READABLE_SETTINGS), *kind.sources],
        "package_paths": [PACKAGES] if packages else [],
    }


def _packages(kind: SlotKind) -> tuple[Path, ...]:
    return package_paths() if kind.profile == NUMPY and sys.version_info[:2] == _PYTHON else ()
