# MUST: the pages of no other process can be moved | KIND: syscall
import ctypes
import json
import os
import sys

host = json.loads(sys.stdin.readline())["host_pid"]
libc = ctypes.CDLL(None, use_errno=True)
x86 = os.uname().machine == "x86_64"
migrate_pages, move_pages = (256, 279) if x86 else (238, 239)
nodes = ctypes.c_ulong(1)
page = (ctypes.c_void_p * 1)(id(dict) & ~4095)
status = (ctypes.c_int * 1)(-77)
for pid in {1, os.getppid(), host} - {0, os.getpid()}:
    if libc.syscall(move_pages, pid, ctypes.c_ulong(1), page, None, status, 0) == 0 and status[0] != -77:
        print("ESCAPED: asked for the node of a page of", pid, flush=True)
    if libc.syscall(migrate_pages, pid, ctypes.c_ulong(64), ctypes.byref(nodes), ctypes.byref(nodes)) == 0:
        print("ESCAPED: moved the pages of", pid, flush=True)
