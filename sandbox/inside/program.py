"""The last step: a fresh child of the slot's server lays everything down and becomes the program."""

import _signal  # type: ignore[import-not-found,unused-ignore] # `signal` costs a start 5 ms of enums
import marshal
import os
import resource
import sys

from sandbox.inside import interpret, kernel, scratch

_PID_PLACE = b"\x5a\x5a\x5a\x5a"
_SIGKILL = 9
_kill, _own_pid = os.kill, os.getpid


def become(order, descriptors, place, prepared) -> None:  # type: ignore[no-untyped-def]
    """Turn this child into the program of an order; does not return.

    Args:
        order: what the backend sent (`sandbox.orders`).
        descriptors: standard input, output and error, then the payload where it came by descriptor,
            then the executable where there is one.
        place: the slot's (`sandbox.inside.server.Place`).
        prepared: what a program process has read and compiled already, or None.
    """
    try:
        rest = descriptors[3:]
        if prepared is None:
            prepared = Prepared(order["payload"] if order["payload"] is not None else read_all(rest.pop(0)))
        executable = rest[0] if order["executable"] else None
        _take_streams(descriptors, executable)
        _limit(order, 0 if prepared.command else place.own_bytes)
        os.setsid()
        if place.drop_to is not None:
            os.setresuid(place.drop_to, place.drop_to, place.drop_to)
        else:
            kernel.set_capabilities(0)
        if place.dies_with_parent:
            kernel.prctl(kernel.PR_SET_PDEATHSIG, _SIGKILL)
        if place.extra_filter and order["alone"]:
            own = os.getpid().to_bytes(4, sys.byteorder)
            kernel.add_filter(place.extra_filter.replace(_PID_PLACE, own))
        _make_at_home(prepared.source)
        if place.scratch and prepared.files:
            scratch.lay(place.box, prepared.files)
        os.chdir(place.box)
        place.started[0] = 1
        place.started.close()
    except BaseException as error:  # noqa: BLE001 -- whatever it is is ours, and the guard's to tell
        os.write(2, f"{type(error).__name__}: {error}".encode()[:400])
        os._exit(1)
    if prepared.command:
        _execute(prepared, executable)
    if order["sizes"] is not None:
        interpret.run_shared(prepared, place.box, order["entry_point"], order["sizes"])
    interpret.run(prepared, place.box, order["entry_point"])
    # A program that has made `os._exit` do nothing comes here, and no further.
    while True:
        _kill(_own_pid(), _SIGKILL)


class Prepared:
    """A payload, read: `source` for Python, `command` for what is executed, `files` beside it."""

    def __init__(self, payload: bytes) -> None:
        words = marshal.loads(payload)  # noqa: S302 -- our own backend's words
        self.files: dict[str, bytes] = words["files"]
        self.file_name: str = words["file_name"]
        self.source: bytes = words["source"]
        self.command: list[str] = words["command"]
        self.environment: dict[str, str] = words["environment"]
        self.imports: list[str] = words["imports"]
        self.code: object = None

    def compile(self, box: str) -> None:
        """Make code of the source, for a program that lies in `box`.

        Raises:
            Exception: of any kind: the source is the program's.
        """
        if self.code is None:
            self.code = compile(self.source, f"{box}/{self.file_name}", "exec", dont_inherit=True)


def read_all(descriptor: int) -> bytes:
    """A sealed file in memory, whole."""
    size = os.fstat(descriptor).st_size
    content = b""
    while len(content) < size:
        content += os.pread(descriptor, size - len(content), len(content))
    return content


def _take_streams(descriptors: "list[int]", executable: "int | None") -> None:
    for number, descriptor in enumerate(descriptors[:3]):
        os.dup2(descriptor, number)
    if executable is not None:
        os.dup2(executable, 3, inheritable=False)
        os.closerange(4, 65_536)
    else:
        os.closerange(3, 65_536)


def _make_at_home(source: bytes) -> None:
    """What few programs notice, and costs a twentieth of a run: for those that name it."""
    if b"/dev" in source or b"/proc" in source:
        # Or it could not open its own /proc/self/fd; there is nothing in it that it should not see.
        kernel.let_itself_be_seen()
    if b"KeyboardInterrupt" in source or b"signal" in source:
        _signal.signal(_signal.SIGINT, _signal.default_int_handler)


class limited:  # noqa: N801 -- reads as the statement that it is; `contextlib` costs a start 3 ms
    """The program's CPU and address space around a block of ours that handles its text."""

    def __init__(self, order, place) -> None:  # type: ignore[no-untyped-def]
        self._wanted = {resource.RLIMIT_CPU: int(order["bounds"][1]) + 2}
        if order["address_bytes"]:
            self._wanted[resource.RLIMIT_AS] = order["address_bytes"] + place.own_bytes
        self._before = {limit: resource.getrlimit(limit) for limit in self._wanted}

    def __enter__(self) -> None:
        for limit, value in self._wanted.items():
            resource.setrlimit(limit, (value, self._before[limit][1]))

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        for limit, before in self._before.items():
            resource.setrlimit(limit, before)


def _limit(order, own_bytes: int) -> None:  # type: ignore[no-untyped-def]
    for limit, value in order["rlimits"]:
        resource.setrlimit(limit, (value, value))
    if order["address_bytes"]:
        most = order["address_bytes"] + own_bytes
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _execute(prepared: Prepared, executable: "int | None") -> None:
    try:
        os.execve(
            3 if executable is not None else prepared.command[0], prepared.command, prepared.environment
        )
    except OSError as error:
        os.write(2, f"cannot be started: {error}".encode())
        os._exit(126)
