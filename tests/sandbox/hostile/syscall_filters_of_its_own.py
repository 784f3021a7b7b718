# MUST: a filter that a program adds loosens nothing | KIND: syscall
import ctypes
import os
import socket

SET_MODE_FILTER, NEW_LISTENER, ALLOW, RETURN = 1, 8, 0x7FFF0000, 0x06
libc = ctypes.CDLL(None, use_errno=True)
seccomp = {"x86_64": 317, "aarch64": 277}[os.uname().machine]
allow_all = ctypes.create_string_buffer(RETURN.to_bytes(4, "little") + ALLOW.to_bytes(4, "little"), 8)
program = (ctypes.c_size_t * 2)(1, ctypes.addressof(allow_all))
libc.prctl(38, 1, 0, 0, 0)
for flags in (0, 1, NEW_LISTENER):
    libc.syscall(seccomp, SET_MODE_FILTER, ctypes.c_ulong(flags), program)
libc.prctl(22, 2, program, 0, 0)
try:
    print("ESCAPED: made a socket", socket.socket(socket.AF_INET).fileno(), flush=True)
except OSError:
    pass
