"""One slot: a fork server in confines of its own, seen from outside.

A slot is started without waiting for it, asked to run one program at a time, and thrown away on any
doubt. Its process is killed, with all that it started, by closing its connection.
"""

import contextlib
import marshal
import os
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import sandbox
from sandbox.cgroup import SlotCgroup
from sandbox.errors import SandboxError
from sandbox.inside import wire
from sandbox.language import interpreter
from sandbox.memory_file import fill

_SETUP_SECONDS: Final = 30.0
"""Within this a slot is ready, on the most loaded of machines."""

_GRACE_SECONDS: Final = 5.0
"""How long after the wall limit the server inside may take to say so."""

_NEVER_AGAIN: Final = 1 << 60

_BOOT: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); from sandbox.inside.launcher import main; "
    "main(*map(int, sys.argv[2:]))"
)


class SlotLost(SandboxError):
    """A slot died or fell silent: says nothing about the program, which may be run again elsewhere."""

    def __init__(self, message: str, *, out_of_memory: bool = False) -> None:
        """Remember whether the kernel had to kill in the slot's cgroup."""
        super().__init__(message)
        self.out_of_memory = out_of_memory


class Vessel(Protocol):
    """What a slot's server lives in."""

    connection: socket.socket

    def out_of_memory(self) -> bool:
        """Whether the kernel had to kill in here for memory."""
        ...

    def last_words(self) -> str:
        """What there is to say about why it could not be made, or died."""
        ...

    def close(self) -> None:
        """End everything in it. Safe to call twice."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotKind:
    """What differs between slots of one backend; a program needs one of its kind."""

    profile: str
    scratch_bytes: int
    scratch_files: int
    sources: tuple[tuple[str, str], ...] = ()
    """Paths outside /usr that its language needs to read, each with its path inside."""


class Slot:
    """A started slot; not safe to share among threads while in use."""

    def __init__(self, vessel: Vessel, kind: SlotKind) -> None:
        """Take over a vessel whose server is still on its way."""
        self.kind = kind
        self.runs = 0
        self.landlock = 0
        self._vessel = vessel
        self._ready = False
        vessel.connection.settimeout(_SETUP_SECONDS)

    def await_ready(self) -> None:
        """Wait until it takes orders.

        Raises:
            SlotLost: it could not be made; the message says at what.
        """
        if self._ready:
            return
        word, *rest = self._answer(_SETUP_SECONDS, "to be ready")
        if word != "ready":
            raise SlotLost(" ".join(rest) or word)
        self.landlock = int(rest[0])
        self._ready = True

    def run(self, order: Mapping[str, Any], descriptors: Sequence[int]) -> list[str]:
        """Have one program run; the words of its end, as `sandbox.inside.guard` says them.

        Raises:
            SlotLost: the slot is of no more use.
        """
        self.send(order, descriptors)
        return self.ended(order["bounds"][0])

    def send(self, order: Mapping[str, Any], descriptors: Sequence[int]) -> None:
        """Give an order and come back at once.

        Raises:
            SlotLost: the slot is gone.
        """
        self.runs += 1
        try:
            wire.send(self._vessel.connection, dict(order), list(descriptors))
        except OSError as error:
            raise self._lost(f"it takes no orders: {error}") from None

    def ended(self, wall_seconds: float) -> list[str]:
        """The words of the end of what was ordered last.

        Raises:
            SlotLost: as for `run`.
        """
        word, *rest = self._answer(wall_seconds + _GRACE_SECONDS, "to tell how a program ended")
        # Once the kernel had to kill in a slot for memory, a later loss could not be told from one by that.
        if word == "spent" or rest[:1] == ["memory"]:
            self.retire()
        elif word != "ended":
            raise self._lost(" ".join([word, *rest]))
        return rest

    def retire(self) -> None:
        """Have it thrown away after this use."""
        self.runs = _NEVER_AGAIN

    def cancel(self) -> None:
        """Have the running program ended."""
        with contextlib.suppress(OSError):
            self._vessel.connection.send(wire.CANCEL)

    @contextlib.contextmanager
    def program_process(
        self, order: Mapping[str, Any], payload: Sequence[int]
    ) -> Iterator["ProgramProcess | None"]:
        """A process inside that has read and compiled a program, for several runs; None where that failed.

        Raises:
            SlotLost: the slot is of no more use.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours:
            with theirs:
                self.send(order, [theirs.fileno(), *payload])
            ours.settimeout(order["bounds"][0] + _GRACE_SECONDS)
            yield ProgramProcess(ours) if _said(ours) == b"prepared" else None
        self.ended(_GRACE_SECONDS)

    def close(self) -> None:
        """End it and everything in it. Safe to call twice."""
        self._vessel.close()

    def _answer(self, seconds: float, what: str) -> list[str]:
        connection = self._vessel.connection
        connection.settimeout(seconds)
        try:
            text = _received(connection).decode("utf-8", "replace")
        except TimeoutError:
            raise self._lost(f"it took longer than {seconds:.0f} s {what}") from None
        except OSError as error:
            raise self._lost(f"its connection broke: {error}") from None
        if not text:
            raise self._lost("it died")
        return text.split(" ")

    def _lost(self, reason: str) -> SlotLost:
        said = self._vessel.last_words()
        message = f"a sandbox slot was lost: {reason}" + (f" ({said})" if said else "")
        return SlotLost(message, out_of_memory=self._vessel.out_of_memory())


class ProgramProcess:
    """A prepared program in a slot: runs of it cost one fork each."""

    def __init__(self, channel: socket.socket) -> None:
        """Talk over `channel`, which is closed by who opened it."""
        self._channel = channel

    def run(self, order: Mapping[str, Any], descriptors: Sequence[int]) -> list[str] | None:
        """One run of it; None where the process is gone, as after a kill by the program."""
        self._channel.settimeout(order["bounds"][0] + _GRACE_SECONDS)
        try:
            wire.send(self._channel, dict(order), list(descriptors))
        except OSError:
            return None
        word, *rest = _said(self._channel).decode("utf-8", "replace").split(" ")
        return rest if word == "ended" else None


class OwnProcess:
    """A vessel that is a child process of this one, and its children; perhaps in a cgroup."""

    def __init__(
        self, plan: Mapping[str, Any], cgroup: SlotCgroup | None, folder: Path | None = None
    ) -> None:
        """Start a launcher with `plan`, and take over `cgroup` and `folder`, which end with it.

        Raises:
            OSError: no process can be started.
        """
        self._cgroup, self._folder = cgroup, folder
        self.connection, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._said = os.memfd_create("slot-stderr")
        planned = os.memfd_create("plan")
        try:
            join, meter = (cgroup.join, cgroup.meter) if cgroup else ([], {})
            fill(planned, marshal.dumps({**plan, "join": join, "meter": meter}))
            numbers = [theirs.fileno(), planned]
            root = str(Path(sandbox.__path__[0]).parent)
            self._process = subprocess.Popen(
                [interpreter(), "-P", "-s", "-S", "-B", "-X", "utf8", "-c", _BOOT, root, *map(str, numbers)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._said,
                pass_fds=[*numbers, *join, *meter.values()],
                # The same order of sets in every run: a verdict must not hang on chance. And every
                # function of a library found now, not in each program's process again.
                env={"PYTHONHASHSEED": "0", "LD_BIND_NOW": "1"},
                cwd="/",
                start_new_session=True,
            )
        finally:
            theirs.close()
            os.close(planned)

    def out_of_memory(self) -> bool:
        """Whether the kernel had to kill in here for memory."""
        return self._cgroup is not None and bool(self._cgroup.meter) and self._cgroup.killed_for_memory()

    def last_words(self) -> str:
        """What its processes wrote before they served."""
        return os.pread(self._said, 400, 0).decode("utf-8", "replace").strip() if self._said >= 0 else ""

    def close(self) -> None:
        """Hang up, which ends everything, and wait for that."""
        if self._said < 0:
            return
        with contextlib.suppress(OSError):
            # Which the other side hears of even while the child of a fork holds a copy.
            self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()
        os.close(self._said)
        self._said = -1
        try:
            self._process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._cgroup:
            self._cgroup.close()
        if self._folder:
            with contextlib.suppress(OSError):
                for path in self._folder.iterdir():
                    path.unlink()
                self._folder.rmdir()


def _said(channel: socket.socket) -> bytes:
    try:
        return _received(channel)
    except OSError:
        return b""


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(4096)
    except ConnectionResetError:
        # Told once where the other side went with our last word unread; what it had said still waits.
        return connection.recv(4096)
