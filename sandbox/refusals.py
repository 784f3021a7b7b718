"""What programs and confined workers may and may not ask of the kernel.

`program_filter` goes around every untrusted program and says what it may; `worker_filter` goes
around a trusted process that handles untrusted text (`sandbox.confinement`) and says what it may not.
"""

import errno
import os
from typing import Final

from sandbox.seccomp import Argument, Holds, Rule, allow, assemble, refuse

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
    *refuse("open_by_handle_at name_to_handle_at memfd_create memfd_secret vhangup"),
    *refuse("ioperm iopl modify_ldt personality migrate_pages move_pages sethostname setdomainname"),
    *refuse("socket connect bind listen accept accept4"),
    *refuse("shmget shmat msgget semget mq_open inotify_init inotify_init1"),
    # Its flags lie behind a pointer; told that it does not exist, libc falls back to clone.
    *refuse("clone3", _NO_SUCH_CALL),
    Rule("ioctl", tests=(Argument(1, Holds.EQUAL, _TIOCSTI),)),
    Rule("ioctl", tests=(Argument(1, Holds.EQUAL, _TIOCLINUX),)),
)

_NO_THREAD: Final = Argument(0, Holds.HAS_NONE, _CLONE_THREAD)
_SIGNALLING: Final = ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo")

_ALLOWED: Final = (
    # files
    "read pread64 readv preadv preadv2 write pwrite64 writev pwritev pwritev2 open openat creat close "
    "close_range lseek stat fstat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat "
    "getdents getdents64 getcwd chdir fchdir dup dup2 dup3 pipe pipe2 fsync fdatasync ftruncate truncate "
    "fallocate umask mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink "
    "symlinkat chmod fchmod fchmodat fchmodat2 utime utimes utimensat futimesat statfs fstatfs sendfile "
    "copy_file_range "
    # memory
    "mmap munmap mprotect mremap brk madvise msync membarrier "
    # processes and threads
    "fork vfork execve execveat exit exit_group wait4 waitid kill tgkill tkill rt_sigqueueinfo "
    "rt_tgsigqueueinfo pidfd_open pidfd_send_signal set_tid_address set_robust_list get_robust_list rseq "
    "futex getpid getppid gettid getpgid getpgrp getsid setpgid setsid getuid geteuid getgid getegid "
    "getgroups getresuid getresgid setresuid setresgid setgroups capget capset arch_prctl sched_yield "
    "sched_getaffinity sched_getparam sched_getscheduler sched_getattr sched_get_priority_max "
    "sched_get_priority_min sched_rr_get_interval getpriority getrlimit setrlimit getrusage times "
    # signals, time, waiting
    "rt_sigaction rt_sigprocmask rt_sigpending rt_sigsuspend rt_sigtimedwait rt_sigreturn sigaltstack "
    "pause alarm signalfd signalfd4 restart_syscall nanosleep clock_nanosleep clock_gettime clock_getres "
    "gettimeofday time getitimer setitimer timer_create timer_settime timer_gettime timer_getoverrun "
    "timer_delete timerfd_create timerfd_settime timerfd_gettime poll ppoll select pselect6 epoll_create "
    "epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd eventfd2 "
    # what a socket pair needs, and a little knowledge
    "sendto recvfrom sendmsg recvmsg sendmmsg recvmmsg shutdown getsockopt setsockopt getsockname "
    "getpeername getrandom uname sysinfo getcpu"
)
_XATTRS: Final = "getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr setxattr lsetxattr fsetxattr"
_IOCTLS: Final = (0x5401, 0x540F, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""TCGETS TIOCGPGRP TIOCGWINSZ FIONREAD FIONBIO FIONCLEX FIOCLEX."""
_FCNTLS: Final = (0, 1, 2, 3, 4, 5, 36, 1030, 1031, 1032, 1034)
"""DUPFD GETFD SETFD GETFL SETFL GETLK OFD_GETLK DUPFD_CLOEXEC SETPIPE_SZ GETPIPE_SZ GET_SEALS."""
_LOCKS: Final = (6, 7, 37, 38, 1024, 1026)
"""SETLK SETLKW OFD_SETLK OFD_SETLKW SETLEASE NOTIFY: two slots that share a file could meet in these."""
_PRCTLS: Final = (1, 2, 3, 4, 15, 16, 21, 22, 23, 29, 30, 36, 37, 38, 39, 0x53564D41)
"""Names, death signals, dumpable, timer slack, subreaper, no new privileges, filters on top, names of
memory areas; and reading what holds."""
_DATAGRAMS: Final = 2
"""In a socket's kind: datagrams, which could be sent to any address though the pair is joined."""
_UNIX: Final = 1
_PR_SET_PDEATHSIG: Final = 1


def _conditions() -> list[Rule]:
    return [
        Rule("clone", tests=(Argument(0, Holds.HAS_ANY, _NEW_NAMESPACES),)),
        allow("clone"),
        # Its flags lie behind a pointer; told that it does not exist, libc falls back to clone.
        *refuse("clone3 futex_waitv openat2 io_uring_setup", _NO_SUCH_CALL),
        Rule("flock", 0),
        *(Rule("fcntl", 0, (Argument(1, Holds.EQUAL, command),)) for command in _LOCKS),
        *(allow("fcntl", Argument(1, Holds.EQUAL, command)) for command in _FCNTLS),
        Rule("fcntl", errno.EINVAL),
        *(allow("ioctl", Argument(1, Holds.EQUAL, command)) for command in _IOCTLS),
        Rule("ioctl", errno.ENOTTY),
        *(allow("prctl", Argument(0, Holds.EQUAL, option)) for option in _PRCTLS),
        Rule("prctl", errno.EINVAL),
        allow("socketpair", Argument(0, Holds.EQUAL, _UNIX), Argument(1, Holds.HAS_NONE, _DATAGRAMS)),
        # Of the caller alone: zero means that.
        *(allow(name, Argument(0, Holds.EQUAL, 0)) for name in ("sched_setaffinity", "prlimit64")),
        allow("setpriority", Argument(0, Holds.EQUAL, 0), Argument(1, Holds.EQUAL, 0)),
        # Asking is allowed, and so is the plain one.
        *(allow("personality", Argument(0, Holds.EQUAL, value)) for value in (0, 0xFFFFFFFF)),
        *refuse(_XATTRS, errno.ENOTSUP),
    ]


_TREE_CHANGES: Final = (
    *refuse("unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat"),
    *refuse("mkdir mkdirat rmdir mknod mknodat creat truncate ftruncate fallocate"),
    *refuse("chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat"),
    *refuse("utime utimes utimensat futimesat"),
    *refuse("setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr"),
)


def program_filter() -> bytes:
    """The assembled filter of a slot and all its programs: an allow-list.

    What only the slot's own server needs (changing user, limits on itself) is harmless in a
    program, which has no capability left.
    """
    return assemble(_conditions(), _ALLOWED)


def alone_filter() -> bytes:
    """What is laid on top where a program may have threads but no processes beside it.

    Goes around one process at a time: `only_itself_filter` is its companion where no pid namespace
    keeps other processes out of reach.
    """
    return assemble([*refuse("fork vfork"), Rule("clone", tests=(_NO_THREAD,))])


def only_itself_filter(own_pid: int) -> bytes:
    """As `alone_filter`; signals go to the process itself alone, and it dies with its parent."""
    to_others = Argument(0, Holds.DIFFERS, own_pid)
    return assemble(
        [
            *refuse("fork vfork tkill pidfd_open pidfd_send_signal"),
            Rule("clone", tests=(_NO_THREAD,)),
            *(Rule(name, tests=(to_others,)) for name in _SIGNALLING),
            Rule("prctl", tests=(Argument(0, Holds.EQUAL, _PR_SET_PDEATHSIG),)),
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
            *refuse("setpriority sched_setaffinity sched_setattr sched_setscheduler"),
            *refuse("sched_setparam"),
            *refuse("openat2", _NO_SUCH_CALL),
            Rule("clone", tests=(_NO_THREAD,)),
            Rule("open", tests=(Argument(1, Holds.HAS_ANY, _WRITING),)),
            Rule("openat", tests=(Argument(2, Holds.HAS_ANY, _WRITING),)),
            *(Rule(name, tests=(to_others,)) for name in _SIGNALLING),
            Rule("prlimit64", tests=(Argument(0, Holds.DIFFERS, 0), to_others)),
        ]
    )
