# MUST: the x32 table is no way around the filter | KIND: syscall
import ctypes
import os
import sys

X32 = 0x40000000
if os.uname().machine != "x86_64":
    sys.exit()
libc = ctypes.CDLL(None, use_errno=True)
made = libc.syscall(ctypes.c_long(X32 | 41), 1, 1, 0)
if made > 2:
    print("ESCAPED: an x32 call made a socket", made, flush=True)
if libc.syscall(ctypes.c_long(X32 | 39)) == os.getpid():
    print("ESCAPED: the x32 table answers", flush=True)
