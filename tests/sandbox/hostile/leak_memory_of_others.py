# MUST: the memory of no other process can be read | KIND: leak
import ctypes
import json
import os
import sys

host = json.loads(sys.stdin.readline())["host_pid"]
libc = ctypes.CDLL(None, use_errno=True)
number = {"x86_64": 310, "aarch64": 270}[os.uname().machine]
taken = ctypes.create_string_buffer(64)
local = (ctypes.c_size_t * 2)(ctypes.addressof(taken), 64)
# A parent that was forked from has its types at the same addresses.
remote = (ctypes.c_size_t * 2)(id(dict), 64)
for pid in {1, os.getppid(), host} - {os.getpid(), 0}:
    one = ctypes.c_ulong(1)
    if libc.syscall(number, pid, local, one, remote, one, ctypes.c_ulong(0)) > 0:
        print("ESCAPED: process_vm_readv read", pid, flush=True)
    try:
        with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
            memory.seek(id(dict))
            if memory.read(64):
                print("ESCAPED: read the memory of", pid, flush=True)
    except (OSError, OverflowError):
        continue
