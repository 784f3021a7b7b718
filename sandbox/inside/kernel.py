"""System calls that Python 3.11 does not offer, by ctypes.

Imports nothing but `ctypes` and `os`: a fresh interpreter loads this module for every program.
Numbers are given for x86-64 and arm64; elsewhere `number` raises `OSError(ENOSYS)`.
"""

import ctypes
import errno
import os

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000
MNT_DETACH = 2

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

CAP_DAC_OVERRIDE = 1
CAP_FOWNER = 3
CAP_KILL = 5
CAP_SETGID = 6
CAP_SETUID = 7

SECCOMP_SET_MODE_FILTER = 1
SECCOMP_FILTER_FLAG_TSYNC = 1
SECCOMP_GET_ACTION_AVAIL = 2
SECCOMP_RET_KILL_PROCESS = 0x80000000

_AT_RECURSIVE = 0x8000
_MOUNT_ATTR_RDONLY_NOSUID = 0x1 | 0x2
_CAPABILITY_VERSION_3 = 0x20080522

_NUMBERS = {
    "x86_64": {
        "pivot_root": 155,
        "mount_setattr": 442,
        "capset": 126,
        "seccomp": 317,
        "landlock_create_ruleset": 444,
        "landlock_add_rule": 445,
        "landlock_restrict_self": 446,
    },
    "aarch64": {
        "pivot_root": 41,
        "mount_setattr": 442,
        "capset": 91,
        "seccomp": 277,
        "landlock_create_ruleset": 444,
        "landlock_add_rule": 445,
        "landlock_restrict_self": 446,
    },
}

_libc = ctypes.CDLL(None, use_errno=True)


class _FilterProgram(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _checked(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def _syscall(name: str, what: str, *arguments: object) -> int:
    machine = os.uname().machine
    if machine not in _NUMBERS:
        raise OSError(errno.ENOSYS, f"{name}: no system call numbers for {machine}, only x86_64 and aarch64")
    return _checked(_libc.syscall(ctypes.c_long(_NUMBERS[machine][name]), *arguments), what)


def prctl(option: int, argument: int = 0) -> None:
    """Set one attribute of this process, `PR_*`."""
    words = (ctypes.c_ulong(argument), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0))
    _checked(_libc.prctl(ctypes.c_int(option), *words), f"prctl({option}, {argument})")


_quick_prctl = ctypes.CDLL(None).prctl
_quick_prctl.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong]


def let_itself_be_seen() -> None:
    """Let this process open its own /proc/self/fd; as `prctl`, in a form that costs little."""
    _quick_prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)


def unshare(flags: int) -> None:
    """Move this process (and, for the pid namespace, its children) into new namespaces."""
    _checked(_libc.unshare(ctypes.c_int(flags)), f"unshare({flags:#x})")


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """Mount a file system, or bind `source` with `MS_BIND`."""
    words = (source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode())
    _checked(_libc.mount(*words), f"mount({kind or 'bind'} {source} on {target})")


def seal_tree(path: str) -> None:
    """Make every mount at and below `path` read-only and deaf to setuid bits (Linux 5.12)."""
    attributes = (ctypes.c_uint64 * 4)(_MOUNT_ATTR_RDONLY_NOSUID, 0, 0, 0)
    words = (ctypes.c_int(-1), path.encode(), ctypes.c_uint(_AT_RECURSIVE), attributes, ctypes.c_size_t(32))
    _syscall("mount_setattr", f"mount_setattr({path}, read-only)", *words)


def enter_root(path: str) -> None:
    """Make `path` this mount namespace's root and let go of the old one."""
    os.chdir(path)
    _syscall("pivot_root", f"pivot_root({path})", b".", b".")
    _checked(_libc.umount2(b".", ctypes.c_int(MNT_DETACH)), "umount2(old root)")
    os.chdir("/")


def keep_capabilities(kept: "tuple[int, ...]" = ()) -> None:
    """Give up every capability in every set, for good, but for those `kept`."""
    nothing = ctypes.c_ulong(0)
    clear_all = ctypes.c_ulong(PR_CAP_AMBIENT_CLEAR_ALL)
    _libc.prctl(ctypes.c_int(PR_CAP_AMBIENT), clear_all, nothing, nothing, nothing)
    for capability in range(64):
        if capability not in kept:
            dropped = _libc.prctl(ctypes.c_int(PR_CAPBSET_DROP), ctypes.c_ulong(capability))
            if dropped < 0 and ctypes.get_errno() == errno.EINVAL:
                break
    set_capabilities(sum(1 << capability for capability in kept))


def set_capabilities(mask: int) -> None:
    """Make `mask`, bits below 32, what this process may do; nothing is inherited by what it executes."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    _syscall("capset", f"capset({mask:#x})", header, (ctypes.c_uint32 * 6)(mask, mask))


def install_filter(program: bytes, *, every_thread: bool = False) -> None:
    """Put the assembled seccomp `program` on this process; it stays across exec and fork."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    header = _FilterProgram(len(program) // 8, program)
    flags = SECCOMP_FILTER_FLAG_TSYNC if every_thread else 0
    words = (ctypes.c_uint(SECCOMP_SET_MODE_FILTER), ctypes.c_uint(flags), ctypes.byref(header))
    if _syscall("seccomp", "seccomp(filter)", *words) > 0:
        raise OSError(errno.EBUSY, "seccomp(filter): a thread could not be brought under the filter")


def add_filter(program: bytes) -> None:
    """Lay one more filter on this process, which is under one already that allows no `seccomp`."""
    header = _FilterProgram(len(program) // 8, program)
    nothing = ctypes.c_ulong(0)
    words = (ctypes.c_ulong(2), ctypes.byref(header), nothing, nothing)
    _checked(_libc.prctl(ctypes.c_int(PR_SET_SECCOMP), *words), "prctl(PR_SET_SECCOMP)")


def has_seccomp_filter() -> None:
    """Ask whether filters that kill a process exist here.

    Raises:
        OSError: they do not.
    """
    action = ctypes.c_uint32(SECCOMP_RET_KILL_PROCESS)
    words = (ctypes.c_uint(SECCOMP_GET_ACTION_AVAIL), ctypes.c_uint(0), ctypes.byref(action))
    _syscall("seccomp", "seccomp(kill_process)", *words)


def landlock_version() -> int:
    """Which version of Landlock the kernel offers.

    Raises:
        OSError: none.
    """
    ask_version = (None, ctypes.c_size_t(0), ctypes.c_uint(1))
    return _syscall("landlock_create_ruleset", "landlock_create_ruleset(version)", *ask_version)


def landlock_create_ruleset(attributes: bytes) -> int:
    """A descriptor of a new ruleset; `attributes` are the kernel's packed structure."""
    words = (attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint(0))
    return _syscall("landlock_create_ruleset", "landlock_create_ruleset", *words)


def landlock_add_rule(ruleset: int, kind: int, rule: "ctypes.Array[ctypes.c_char]") -> None:
    """Add one rule, the kernel's packed structure."""
    words = (ctypes.c_int(ruleset), ctypes.c_int(kind), rule, ctypes.c_uint(0))
    _syscall("landlock_add_rule", "landlock_add_rule", *words)


def landlock_restrict_self(ruleset: int) -> None:
    """Put this thread and what it starts from now on under the ruleset."""
    _syscall("landlock_restrict_self", "landlock_restrict_self", ctypes.c_int(ruleset), ctypes.c_uint(0))
