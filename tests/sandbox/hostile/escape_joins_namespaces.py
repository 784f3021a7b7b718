# MUST: no namespace of another process can be joined | KIND: escape
import ctypes
import json
import os
import sys

host = json.loads(sys.stdin.readline())["host_pid"]
KINDS = {
    "user": 0x10000000,
    "mnt": 0x20000,
    "pid": 0x20000000,
    "net": 0x40000000,
    "ipc": 0x8000000,
    "uts": 0x4000000,
}
libc = ctypes.CDLL(None, use_errno=True)


def own(kind):
    try:
        return os.readlink(f"/proc/self/ns/{kind}")
    except OSError:
        return None


before = {kind: own(kind) for kind in KINDS}
for pid in {1, os.getppid(), host} - {0}:
    for kind, flag in KINDS.items():
        try:
            libc.setns(os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC), flag)
        except OSError:
            pass
        try:
            libc.setns(os.pidfd_open(pid), flag)
        except OSError:
            pass
after = {kind: own(kind) for kind in KINDS}
if after != before:
    print("ESCAPED: joined", [kind for kind in KINDS if after[kind] != before[kind]], flush=True)
