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
from pathlib import Path
from typing import Any, Final

import sandbox
from sandbox.engine import FLOOR, Engine
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
        """Whether the kernel had to kill in here for memory.

        The daemon's events tell it, also after the end; its `State.OOMKilled` stays false where the
        first process lived on.
        """
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
                until = f"{time.time():.9f}"
                events = client.events(since=self._since, until=until, filters=about, decode=True)
                seen = {event["Action"] for event in events}
                if over:
                    break
                time.sleep(0.05)
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
        quota = f"size={self._kind.scratch_bytes},nr_inodes={self._kind.scratch_files}"
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
            "tmpfs": dict.fromkeys(
                [FLOOR] if self._engine.one_quota else WRITABLE, f"rw,exec,nosuid,nodev,{quota},mode=755"
            ),
        }

    def _hand_over(self, meeting: socket.socket, theirs: socket.socket) -> None:
        planned = os.memfd_create("plan")
        try:
            fill(planned, marshal.dumps(container_plan(self._kind, self._engine)))
            with self._met(meeting) as connection:
                socket.send_fds(connection, [b"."], [theirs.fileno(), planned])
        finally:
            os.close(planned)

    def _met(self, meeting: socket.socket) -> socket.socket:
        meeting.settimeout(1)
        latest = time.monotonic() + _START_SECONDS
        while True:
            try:
                return meeting.accept()[0]
            except TimeoutError:
                if self._engine.gone(self.container) or time.monotonic() > latest:
                    image = self._engine.image
                    raise OSError(f"a container of {image} did not come to be: has it python3.11?") from None

    def _remove(self) -> None:
        container, self.container = self.container, ""
        if not container:
            return
        self._engine.remove(container)
        latest = time.monotonic() + _END_SECONDS
        while not self._engine.gone(container) and time.monotonic() < latest:
            time.sleep(0.01)


def container_plan(kind: SlotKind, engine: Engine) -> dict[str, Any]:
    """What the launcher in a container is to make of it, as `sandbox.plans` has it for others."""
    packages = _packages(kind)
    profile = kind.profile if packages or kind.profile != NUMPY else STANDARD
    # Far from any real account's number and from the embedded backend's, and others in each container:
    # the kernel counts a user's processes over all containers together.
    first, count = (20_000, 40_000) if engine.remapped else (2_000_000_000, 65_536)
    user = first + next(_serial) % count
    return {
        "filter": program_filter(),
        "preimports": list(PREIMPORTS[profile]),
        "hidden_paths": [_CODE],
        "namespaces": False,
        "container": True,
        "floor": FLOOR if engine.one_quota else "",
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
