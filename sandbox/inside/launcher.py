"""From a bare interpreter to a slot that waits for orders.

    launcher       outside the new pid namespace; makes the namespaces, waits, ends all when told
    └── server     pid 1 inside: builds the tree, takes rights away, serves (`sandbox.inside.server`)
        └── program    one after the other; or a program process with its runs below it

Where namespaces are refused the launcher itself becomes the server. In a container that was made for
it, it is the server from the start. It tells the backend `ready LANDLOCK_VERSION` or `failed TEXT`
over its one connection; the backend's hanging up ends everything.
"""

import _signal  # type: ignore[import-not-found,unused-ignore] # `signal` costs a start 5 ms of enums
import _socket
import marshal
import os
import select
import sys

from sandbox.inside import kernel, landlock, server, tree
from sandbox.inside.meter import own_meter

BOX_USER = 1000
"""The programs' number inside; outside it is never 0."""

_SIGKILL = 9
_NAMESPACES = (
    kernel.CLONE_NEWUSER
    | kernel.CLONE_NEWNS
    | kernel.CLONE_NEWPID
    | kernel.CLONE_NEWNET
    | kernel.CLONE_NEWIPC
    | kernel.CLONE_NEWUTS
    | kernel.CLONE_NEWCGROUP
)
_SERVERS_CAPABILITIES = (
    kernel.CAP_DAC_OVERRIDE,
    kernel.CAP_FOWNER,
    kernel.CAP_KILL,
    kernel.CAP_SETGID,
    kernel.CAP_SETUID,
)


def main(control_number: int, plan_file: int) -> None:
    """Carry out the plan in descriptor `plan_file`, marshalled; `sandbox.slot` writes it."""
    control = _socket.socket(fileno=control_number)
    try:
        os.set_inheritable(control_number, False)
        with open(plan_file, "rb") as file:
            plan = marshal.load(file)  # noqa: S302 -- our own backend's words, and quick to load
        for number in (*plan["join"], *plan["meter"].values()):
            os.set_inheritable(number, False)
        _signal.pthread_sigmask(_signal.SIG_SETMASK, [])
        # The first process of a namespace is deaf to what it has no handler for, and Python has one.
        for number in (_signal.SIGINT, _signal.SIGCHLD):
            _signal.signal(number, _signal.SIG_DFL)
        if plan["namespaces"]:
            _launch(plan, control)
        else:
            _become_server(plan, control)
    except BaseException as error:  # noqa: BLE001 -- the process's entry: all goes to the backend
        server.tell_failure(control, error)
    os._exit(0)


def _launch(plan: dict, control: _socket.socket) -> None:  # type: ignore[type-arg]
    mapped = _mapper(plan["id_maps"])
    kernel.unshare(_NAMESPACES)
    mapped()
    sources = tree.opened_sources(plan["sources"])
    if plan["drop_groups"]:
        os.setgroups([])
    os.setresgid(BOX_USER, BOX_USER, BOX_USER)
    os.setresuid(plan["server_user"], plan["server_user"], plan["server_user"])
    # Not to die with the backend's thread that started it; the connection tells of the backend's end.
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    serving = os.fork()
    if serving:
        _wait_outside(serving, control)
        return
    try:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, _SIGKILL)
        _join(plan["join"])
        tree.build(sources, plan["masked"], plan["scratch_bytes"], plan["scratch_files"])
        version = landlock.restrict(readable=["/"], writable=plan["scratch"], devices=tree.DEVICES)
        kernel.keep_capabilities(_SERVERS_CAPABILITIES)
        _serve(plan, control, version)
    except BaseException as error:  # noqa: BLE001 -- this process's entry, too
        server.tell_failure(control, error)
    os._exit(0)


def _become_server(plan: dict, control: _socket.socket) -> None:  # type: ignore[type-arg]
    """Without namespaces of its own: those of a container, or none."""
    _join(plan["join"])
    if plan["drop_groups"]:
        os.setgroups([])
    if plan["server_user"] is not None:
        os.setresgid(plan["server_user"], plan["server_user"], plan["server_user"])
        os.setresuid(plan["server_user"], plan["server_user"], plan["server_user"])
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    if "container" in plan:
        _settle_in_container(plan)
    place = _ready(plan)
    try:
        version = landlock.restrict(readable=plan["readable"], writable=plan["scratch"], devices=tree.DEVICES)
    except OSError:
        if "container" not in plan:
            raise
        version = 0  # another runtime's kernel; the container's walls stand without it
    kernel.keep_capabilities(_SERVERS_CAPABILITIES if plan["drop_to"] is not None else ())
    _serve(plan, control, version, place)


def _settle_in_container(plan: dict) -> None:  # type: ignore[type-arg]
    os.setresgid(plan["server_group"], plan["server_group"], plan["server_group"])
    plan["meter"] = own_meter()
    for place in plan["scratch"]:
        if plan["floor"]:
            # There the image's own /box and /tmp lead to; /dev is made anew for each container.
            inner = f"{plan['floor']}/{place[1:].replace('/', '-')}"
            os.mkdir(inner)
            if place.startswith("/dev/"):
                os.symlink(inner, place)
        os.chmod(place, 0o1777)  # for the image may have a directory there, whose mode is kept


def _serve(plan, control, version, place=None) -> None:  # type: ignore[no-untyped-def]
    if place is None:
        place = _ready(plan)
    kernel.install_filter(plan["filter"])
    control.send(f"ready {version}".encode())
    server.serve(control, place)


def _ready(plan: dict) -> server.Place:  # type: ignore[type-arg]
    sys.path[:] = [path for path in sys.path if path not in plan["hidden_paths"]] + plan["package_paths"]
    place = server.Place(plan)
    server.ready(plan["preimports"], place)
    return place


def _join(cgroups: "list[int]") -> None:
    for number in cgroups:
        os.write(number, b"0")
        os.close(number)


def _mapper(id_maps: "dict[str, str]"):  # type: ignore[no-untyped-def]
    """Start a helper that stays outside, since only there users may be mapped; call it to have it done."""
    reading, writing = os.pipe()
    target = os.getpid()
    helper = os.fork()
    if not helper:
        os.close(writing)
        os.read(reading, 1)
        try:
            for name, text in id_maps.items():
                with open(f"/proc/{target}/{name}", "w") as file:
                    file.write(text)
        except OSError as error:
            os._exit(error.errno or 1)
        os._exit(0)

    def mapped() -> None:
        os.close(reading)
        os.close(writing)
        failure = os.waitstatus_to_exitcode(os.waitpid(helper, 0)[1])
        if failure:
            raise OSError(failure, f"users cannot be mapped: {os.strerror(failure)}")

    return mapped


def _wait_outside(serving: int, control: _socket.socket) -> None:
    waiting = select.poll()
    waiting.register(os.pidfd_open(serving), select.POLLIN)
    waiting.register(control, 0)  # which still tells of a hang-up; messages are the server's to read
    waiting.poll()
    # Either the server is gone already, or the backend has hung up and all must end now.
    os.kill(serving, _SIGKILL)
    os.waitpid(serving, 0)
