# MUST: no descriptor, table or page of another process can be got at | KIND: syscall
import ctypes
import json
import os
import sys

PIDFD_GETFD, PROCESS_MADVISE, PROCESS_MRELEASE = 438, 440, 448
host = json.loads(sys.stdin.readline())["host_pid"]
libc = ctypes.CDLL(None, use_errno=True)
kcmp = {"x86_64": 312, "aarch64": 272}[os.uname().machine]
vector = (ctypes.c_size_t * 2)(id(dict) & ~4095, 4096)
for pid in {1, os.getppid(), host} - {0, os.getpid()}:
    if libc.syscall(kcmp, os.getpid(), pid, 2, 0, 0) in (1, 2, 3):
        print("ESCAPED: compared tables with", pid, flush=True)
    descriptor = libc.syscall(434, pid, 0)
    if descriptor < 3:
        continue
    for number in range(16):
        taken = libc.syscall(PIDFD_GETFD, descriptor, number, 0)
        if taken > 2:
            print("ESCAPED: took descriptor", number, "of", pid, os.fstat(taken).st_mode, flush=True)
            os.close(taken)
    if libc.syscall(PROCESS_MADVISE, descriptor, vector, ctypes.c_size_t(1), 20, 0) > 0:
        print("ESCAPED: advised on the pages of", pid, flush=True)
    libc.syscall(PROCESS_MRELEASE, descriptor, 0)
