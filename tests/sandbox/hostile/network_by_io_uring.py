# MUST: no ring can be set up that makes sockets past the filter | KIND: network
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
parameters = ctypes.create_string_buffer(120)
for entries in (1, 8, 64):
    ring = libc.syscall(425, entries, parameters)
    if ring > 2:
        print("ESCAPED: set up a ring", os.fstat(ring).st_mode, flush=True)
        os.close(ring)
