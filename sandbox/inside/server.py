"""A slot's fork server: reads orders, forks a child for each, watches it, and tells how it ended.

In a pid namespace it is the first process, which no program can signal. For a program with several
runs it forks a program process that reads and compiles once and then serves the same orders.
"""

import gc
import mmap
import os
import resource
import sys

from sandbox.inside import call, kernel, program, wire
from sandbox.inside.guard import Guard
from sandbox.inside.meter import Meter
from sandbox.inside.scratch import CannotEmpty, Scratch, collect

_PAGE = os.sysconf("SC_PAGE_SIZE")
_WARMING = b"""
import sys
for i, j in enumerate(range(3)): print(i, j, sep=',')
def f(a, b=2, *c, d=None, **e):
    try: return [k * k for k in a if k] + list(map(int, '1 2'.split()))
    except ValueError as g: raise RuntimeError(f'{g!r}') from g
    finally: a = {1: 'x', **e}
class C:
    def __init__(self): self.x = 1
    @property
    def y(self): return lambda: self.x
with open('/dev/null') as n: n.read()
f([1, 2]); C().y(); x = 0
while x < 3: x += 1
print(sorted([3, 1]), {1, 2}, (1.5, True), 'a' 'b', file=sys.stdout)
"""
"""A first compilation in a process costs a millisecond that later ones do not, and so do first calls."""
_SAME_FOR_ALL = ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_MSGQUEUE, 0), (resource.RLIMIT_SIGPENDING, 256))
_ENDLESS = (1e9, 1e9, 0)


class Place:
    """What holds around every program of a slot."""

    def __init__(self, plan: dict) -> None:  # type: ignore[type-arg]
        self.drop_to: int | None = plan["drop_to"]
        """The user that a child becomes; None where it stays the server's own and gives up all rights."""
        self.everything: bool = plan["everything"]
        """Whether all processes in sight are the slot's own."""
        self.dies_with_parent: bool = not plan["everything"]
        self.extra_filter: bytes = plan["extra_filter"]
        """Laid on a program that may have no processes beside it."""
        self.box: str = plan["box"]
        self.scratch = Scratch(plan["scratch"], owned_by_program=plan["drop_to"] is None)
        self.meter = Meter(plan["meter"])
        self.started = mmap.mmap(-1, mmap.PAGESIZE)
        """Shared with each child until it has become its program, which must not be able to say this."""
        self.own_bytes = 0


def ready(preimports: "list[str]", place: Place) -> None:
    """Bring this process into the state that every program starts from."""
    import _sitebuiltins

    __builtins__["exit"] = _sitebuiltins.Quitter("exit", "Ctrl-D (i.e. EOF)")
    __builtins__["quit"] = _sitebuiltins.Quitter("quit", "Ctrl-D (i.e. EOF)")
    for limit, value in _SAME_FOR_ALL:
        resource.setrlimit(limit, (value, value))
    for name in preimports:
        __import__(name)
    os.environ.clear()
    exec(compile(_WARMING, "warming", "exec", dont_inherit=True), {"__name__": "warming"})  # noqa: S102
    sys.stdout.flush()
    gc.collect()
    gc.freeze()
    with open("/proc/self/statm", "rb") as file:
        place.own_bytes = int(file.read().split()[0]) * _PAGE


def serve(control, place: Place, prepared=None) -> None:  # type: ignore[no-untyped-def]
    """Carry out orders until the other side hangs up, or the slot is of no more use."""
    guard = Guard(control, place.meter, everything=place.everything)
    while True:
        order, descriptors = wire.receive(control)
        if order is None:
            return
        if "preparing" in order:
            told = _prepare(order, descriptors, place, guard)
        else:
            told = _run(order, descriptors, place, guard, prepared)
        wire.wipe(order)
        for descriptor in descriptors:
            os.close(descriptor)
        control.send(told.encode())
        if told.startswith("spent"):
            return


def _run(order, descriptors, place, guard, prepared) -> str:  # type: ignore[no-untyped-def]
    place.meter.begin(order["bounds"][2])
    place.started[0] = 0
    child = os.fork()
    if not child:
        program.become(order, descriptors, place, prepared)
    told = guard.watch(child, order["bounds"])
    if not place.started[0] and told.startswith("itself"):
        return "failed a program could not be started"
    sizes = [
        collect(place.box, name, descriptor, most)
        for (name, most), descriptor in zip(
            order["collect"], descriptors[-len(order["collect"]) :], strict=False
        )
    ]
    word = _emptied(place)
    return " ".join([word, told, *map(str, sizes)])


def _prepare(order, descriptors, place, guard) -> str:  # type: ignore[no-untyped-def]
    """Fork the program process, and wait until its side of the channel is done."""
    place.meter.begin(order["bounds"][2])
    child = os.fork()
    if not child:
        guard.let_go()
        _become_program_process(order, descriptors, place)
    # Else the backend would not see the channel close at the program process's death.
    while descriptors:
        os.close(descriptors.pop())
    guard.watch(child, _ENDLESS)
    place.meter.forget()
    return _emptied(place)


def _become_program_process(order, descriptors, place) -> None:  # type: ignore[no-untyped-def]
    try:
        import _socket

        channel = _socket.socket(fileno=descriptors[0])
        # What a run leaves behind becomes this process's child, to be reaped by it.
        kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
        payload = order["payload"] if order["payload"] is not None else program.read_all(descriptors[1])
        prepared = program.Prepared(payload)
        if not prepared.command:
            _preimport(prepared, order["entry_point"])
            with program.limited(order, place):
                prepared.compile(place.box)
        gc.freeze()
        channel.send(b"prepared")
        serve(channel, place, prepared)
    except BaseException:  # noqa: BLE001 -- the backend sees the channel close, and runs one by one
        os._exit(1)
    os._exit(0)


def _preimport(prepared: program.Prepared, entry_point: "str | None") -> None:
    """Import what every run will, from the standard library alone."""
    if entry_point is not None:
        exec(call.PRELUDE, {})  # noqa: S102 -- our own text
    for name in prepared.imports:
        try:
            __import__(name)
        except Exception:  # noqa: BLE001, S112 -- the program's import will say so again, to the program
            continue


def _emptied(place: Place) -> str:
    try:
        place.scratch.empty()
    except CannotEmpty:
        return "spent"
    return "ended"


def tell_failure(control, error: BaseException) -> None:  # type: ignore[no-untyped-def]
    """Tell the backend that the slot could not be made, and end."""
    control.send(f"failed {type(error).__name__}: {error}"[:2000].encode("utf-8", "replace"))
    sys.stderr.flush()
    os._exit(1)
