"""From a bare interpreter to an untrusted program in namespaces of its own: three processes.

    launcher       outside the new pid namespace; makes the namespaces, waits, ends all when told
    └── guard      pid 1 inside; builds the tree, watches the costs, ends what is left
        └── program    limits, no capabilities, no new privileges, filter, exec

It talks with the backend over one socket, a message each: `unshared`, (answer) `go`, `started`,
`ended ...` as `sandbox.inside.guard` words it; or `failed TEXT` at any time. The backend may say
`memory` while a program runs, to have it ended for that; its hanging up ends everything.
"""

import _signal  # type: ignore[import-not-found,unused-ignore] # `signal` costs a start 5 ms of enums
import marshal
import os
import resource
import select

from sandbox.inside import guard, kernel, tree

BOX_USER = 1000
"""The user's number inside; outside it is never 0."""

NO_DESCRIPTOR = -1

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


def main(control: int, plan_file: int, cgroup: int) -> None:
    """Carry out the plan in descriptor `plan_file`; every failure of ours is told over `control`.

    Args:
        control: the socket.
        plan_file: what to do, marshalled; `sandbox.backends.namespaces` writes it.
        cgroup: what moves its writer into the program's cgroup, open for writing, or `NO_DESCRIPTOR`.
    """
    try:
        for descriptor in {control, plan_file, cgroup} - {NO_DESCRIPTOR}:
            os.set_inheritable(descriptor, False)
        _signal.pthread_sigmask(_signal.SIG_SETMASK, [])
        _signal.signal(_signal.SIGCHLD, _signal.SIG_DFL)
        with open(plan_file, "rb") as file:
            plan = marshal.load(file)  # noqa: S302 -- our own backend's words, and quick to load
        _launch(plan, control, cgroup)
    except BaseException as error:  # noqa: BLE001 -- the process's entry: all goes to the backend
        _fail(control, error)
    os._exit(0)


def _launch(plan: dict, control: int, cgroup: int) -> None:  # type: ignore[type-arg] # `typing` costs a start 3 ms
    kernel.unshare(_NAMESPACES)
    os.write(control, b"unshared")
    if os.read(control, 16) != b"go":
        return
    sources = tree.opened_sources(plan["sources"])
    if plan["drop_groups"]:
        os.setgroups([])
    os.setresgid(BOX_USER, BOX_USER, BOX_USER)
    os.setresuid(BOX_USER, BOX_USER, BOX_USER)
    _die_with_parent()
    guarding = os.fork()
    if guarding:
        _wait_outside(guarding, control)
        return
    try:
        _die_with_parent()
        tree.build(sources, plan["masked"], plan["scratch_bytes"], plan["scratch_files"])
        tree.fill_box(plan["files"])
        program = os.fork()
        if not program:
            _become_program(plan, control, cgroup)
        report = guard.watch(program, control, **plan["bounds"])
        os.write(control, b"ended " + report.encode())
    except BaseException as error:  # noqa: BLE001 -- this process's entry, too
        _fail(control, error)
    os._exit(0)


def _become_program(plan: dict, control: int, cgroup: int) -> None:  # type: ignore[type-arg] # as above
    os.setsid()
    if cgroup != NO_DESCRIPTOR:
        os.write(cgroup, b"0")
    for limit, value in plan["rlimits"]:
        resource.setrlimit(limit, (value, value))
    kernel.drop_capabilities()
    kernel.install_filter(plan["filter"])
    os.write(control, b"started")
    os.execve(plan["command"][0], plan["command"], {})  # noqa: S606 -- the sandbox's trade


def _wait_outside(guarding: int, control: int) -> None:
    waiting = select.poll()
    waiting.register(os.pidfd_open(guarding), select.POLLIN)
    waiting.register(control, 0)  # which still tells of a hang-up; messages are the guard's to read
    waiting.poll()
    # Either the guard is gone already, or the backend has hung up and all must end now.
    os.kill(guarding, _SIGKILL)
    os.waitpid(guarding, 0)


def _die_with_parent() -> None:
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, _SIGKILL)


def _fail(control: int, error: BaseException) -> None:
    os.write(control, f"failed {type(error).__name__}: {error}"[:2000].encode("utf-8", "replace"))
    os._exit(1)
