# MUST: the machine keeps its names | KIND: syscall
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
before = os.uname().nodename
libc.sethostname(b"hostile", ctypes.c_size_t(7))
libc.setdomainname(b"hostile", ctypes.c_size_t(7))
if os.uname().nodename != before:
    print("ESCAPED: the machine is called", os.uname().nodename, flush=True)
