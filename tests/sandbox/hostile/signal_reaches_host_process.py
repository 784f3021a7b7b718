# MUST: no call delivers a signal to the test process | KIND: signal
import ctypes
import json
import os
import sys

NOBODY, SI_QUEUE = 0x3FFFFFF0, -1
host = json.loads(sys.stdin.readline())["host_pid"]
libc = ctypes.CDLL(None, use_errno=True)
x86 = os.uname().machine == "x86_64"
tkill, tgkill, queue, thread_queue = (200, 234, 129, 297) if x86 else (130, 131, 138, 240)
information = (ctypes.c_int * 32)(0, 0, SI_QUEUE)


def by_pidfd(pid):
    descriptor = libc.syscall(434, pid, 0)
    return libc.syscall(424, descriptor, 0, None, 0) if descriptor > 2 else -1


calls = {
    "kill": lambda pid: libc.kill(pid, 0),
    "tkill": lambda pid: libc.syscall(tkill, pid, 0),
    "tgkill": lambda pid: libc.syscall(tgkill, pid, pid, 0),
    "rt_sigqueueinfo": lambda pid: libc.syscall(queue, pid, 0, information),
    "rt_tgsigqueueinfo": lambda pid: libc.syscall(thread_queue, pid, pid, 0, information),
    "pidfd_send_signal": by_pidfd,
}
for name, call in calls.items():
    if host not in (1, os.getpid(), os.getppid()) and call(host) == 0 and call(NOBODY) != 0:
        print("ESCAPED:", name, "reaches the host's process", flush=True)
