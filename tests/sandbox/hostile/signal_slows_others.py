# MUST: no other process can be slowed down or moved | KIND: signal
import ctypes
import json
import os
import sys

host = json.loads(sys.stdin.readline())["host_pid"]
libc = ctypes.CDLL(None, use_errno=True)
ioprio_set, ioprio_get = (251, 252) if os.uname().machine == "x86_64" else (30, 31)
IDLE, PROCESS = 3 << 13, 1


def seen(pid):
    found = []
    for look in (
        os.sched_getaffinity,
        lambda pid: os.getpriority(os.PRIO_PROCESS, pid),
        os.sched_getscheduler,
    ):
        try:
            found.append(look(pid))
        except OSError:
            found.append(None)
    return [*found, libc.syscall(ioprio_get, PROCESS, pid)]


others = {1, os.getppid(), host} - {0, os.getpid()}
before = {pid: seen(pid) for pid in others}
for pid in others:
    for change in (
        lambda: os.sched_setaffinity(pid, {min(os.sched_getaffinity(0))}),
        lambda: os.setpriority(os.PRIO_PROCESS, pid, 19),
        lambda: os.setpriority(os.PRIO_PGRP, os.getpgid(pid), 19),
        lambda: os.setpriority(os.PRIO_USER, 0, 19),
        lambda: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0)),
        lambda: libc.syscall(ioprio_set, PROCESS, pid, IDLE),
    ):
        try:
            change()
        except OSError:
            continue
for pid in others:
    if seen(pid) != before[pid]:
        print("ESCAPED: process", pid, "was", before[pid], "and is", seen(pid), flush=True)
