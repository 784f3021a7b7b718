# MUST: forgotten calls open no door | KIND: syscall
import ctypes
import os
import sys

libc = ctypes.CDLL(None, use_errno=True)
if os.uname().machine != "x86_64":
    sys.exit()
USELIB, VHANGUP, LOOKUP_DCOOKIE, NFSSERVCTL, CREATE_MODULE, SYSCTL = 134, 153, 212, 180, 174, 156
text = ctypes.create_string_buffer(4096)
for name, result in (
    ("uselib", libc.syscall(USELIB, b"/usr/lib/x86_64-linux-gnu/libc.so.6")),
    ("vhangup", libc.syscall(VHANGUP)),
    ("lookup_dcookie", libc.syscall(LOOKUP_DCOOKIE, ctypes.c_ulonglong(1), text, ctypes.c_size_t(4096))),
    ("nfsservctl", libc.syscall(NFSSERVCTL, 0, None, None)),
    ("create_module", libc.syscall(CREATE_MODULE, b"x", ctypes.c_size_t(4096))),
    ("_sysctl", libc.syscall(SYSCTL, text)),
):
    if result not in (-1, 0) or (name == "vhangup" and result == 0):
        print("ESCAPED:", name, "was answered by", result, flush=True)
