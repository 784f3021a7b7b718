# MUST: no timer signals a thread of another process | KIND: signal
import ctypes
import json
import os
import sys

SIGEV_THREAD_ID, CLOCK_MONOTONIC = 4, 1
host = json.loads(sys.stdin.readline())["host_pid"]
timer_create = {"x86_64": 222, "aarch64": 107}[os.uname().machine]
libc = ctypes.CDLL(None, use_errno=True)
for pid in {1, os.getppid(), host} - {0, os.getpid()}:
    event = (ctypes.c_int * 16)(0, 0, 9, SIGEV_THREAD_ID, pid)
    timer = ctypes.c_int(-1)
    if libc.syscall(timer_create, CLOCK_MONOTONIC, event, ctypes.byref(timer)) == 0 and timer.value >= 0:
        print("ESCAPED: has a timer for process", pid, flush=True)
