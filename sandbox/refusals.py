"""What programs and confined workers may not ask of the kernel.

Two lists over one floor: `program_filter` goes around every untrusted program, `worker_filter`
around a trusted process that handles untrusted text (`sandbox.confinement`).
"""

import errno
import os
from typing import Final

from sandbox.seccomp import Argument, Holds, Rule, assemble, refuse

_NEW_NAMESPACES: Final = 0x7E020080
_CLONE_THREAD: Final = 0x00010000
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | 0o20000000  # O_TMPFILE
_TIOCSTI: Final = 0x5412
_TIOCLINUX: Final = 0x541C
_NO_SUCH_CALL: Final = errno.ENOSYS

_KERNEL_SURFACE: Final = (
    *refuse("unshare setns mount umount2 pivot_root chroot mount_setattr move_mount open_tree"),
    *refuse("fsopen fsconfig fsmount fspick fanotify_init quotactl quotactl_fd"),
    *refuse("ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp"),
    *refuse("pidfd_getfd bpf perf_event_open userfaultfd lookup_dcookie syslog"),
    *refuse("keyctl add_key request_key io_uring_setup io_uring_enter io_uring_register"),
    *refuse("kexec_load kexec_file_load init_module finit_module delete_module"),
    *refuse("swapon swapoff acct settimeofday clock_settime clock_adjtime adjtimex reboot"),
    *refuse("open_by_handle_at name_to_handle_at memfd_create memfd_secret nfsservctl vhangup"),
    *refuse("ioperm iopl modify_ldt personality migrate_pages move_pages sethostname setdomainname"),
    *refuse("socket connect bind listen accept accept4"),
    *refuse("shmget shmat msgget semget mq_open inotify_init inotify_init1"),
    # Its flags lie behind a pointer; told that it does not exist, libc falls back to clone.
    *refuse("clone3", _NO_SUCH_CALL),
    Rule("ioctl", tests=(Argument(1, Holds.EQUAL, _TIOCSTI),)),
    Rule("ioctl", tests=(Argument(1, Holds.EQUAL, _TIOCLINUX),)),
)

_TREE_CHANGES: Final = (
    *refuse("unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat"),
    *refuse("mkdir mkdirat rmdir mknod mknodat creat truncate ftruncate fallocate"),
    *refuse("chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat"),
    *refuse("utime utimes utimensat futimesat"),
    *refuse("setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr"),
)


def program_filter() -> bytes:
    """The assembled filter of an untrusted program: it may compute, fork and use its own files."""
    own_only = ("setpriority", 1), ("sched_setaffinity", 0), ("sched_setattr", 0), ("prlimit64", 0)
    return assemble(
        [
            *_KERNEL_SURFACE,
            Rule("clone", tests=(Argument(0, Holds.HAS_ANY, _NEW_NAMESPACES),)),
            *refuse("sched_setscheduler sched_setparam"),
            # Of a single process only, never of a whole user's.
            Rule("setpriority", tests=(Argument(0, Holds.DIFFERS, 0),)),
            # Zero means the caller: another process, the namespace's first one above all, is off limits.
            *(Rule(name, tests=(Argument(index, Holds.DIFFERS, 0),)) for name, index in own_only),
        ]
    )


def worker_filter(own_pid: int) -> bytes:
    """The assembled filter of a confined worker: it may compute, read files and use open descriptors."""
    to_others = Argument(0, Holds.DIFFERS, own_pid)
    return assemble(
        [
            *_KERNEL_SURFACE,
            *_TREE_CHANGES,
            *refuse("execve execveat fork vfork tkill pidfd_open pidfd_send_signal"),
            *refuse("rt_sigqueueinfo setpriority sched_setaffinity sched_setattr sched_setscheduler"),
            *refuse("sched_setparam"),
            *refuse("openat2", _NO_SUCH_CALL),
            Rule("clone", tests=(Argument(0, Holds.HAS_NONE, _CLONE_THREAD),)),
            Rule("open", tests=(Argument(1, Holds.HAS_ANY, _WRITING),)),
            Rule("openat", tests=(Argument(2, Holds.HAS_ANY, _WRITING),)),
            *(Rule(name, tests=(to_others,)) for name in ("kill", "tgkill", "rt_tgsigqueueinfo")),
            Rule("prlimit64", tests=(Argument(0, Holds.DIFFERS, 0), to_others)),
        ]
    )
