# MUST: a program neither traces others nor has itself traced by its server | KIND: syscall
import ctypes
import json
import os
import sys

TRACEME, ATTACH, DETACH, SEIZE, INTERRUPT = 0, 16, 17, 0x4206, 0x4207
host = json.loads(sys.stdin.readline())["host_pid"]
libc = ctypes.CDLL(None, use_errno=True)
ptrace = {"x86_64": 101, "aarch64": 117}[os.uname().machine]
NOBODY = 0x3FFFFFF0
for pid in {1, os.getppid(), host} - {0, os.getpid()}:
    if (
        libc.syscall(ptrace, SEIZE, pid, None, None) == 0
        and libc.syscall(ptrace, SEIZE, NOBODY, None, None) != 0
    ):
        print("ESCAPED: traces process", pid, flush=True)
if libc.syscall(ptrace, TRACEME, 0, None, None) == 0 and libc.syscall(ptrace, TRACEME, 0, None, None) != 0:
    print("ESCAPED: is traced by its server", flush=True)
    os.kill(os.getpid(), 19)
