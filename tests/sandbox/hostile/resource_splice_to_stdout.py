# MUST: splice and vmsplice cannot carry more than the limit into the output | KIND: resource
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
reading, writing = os.pipe()
block = ctypes.create_string_buffer(b"v" * 65535)
vector = (ctypes.c_size_t * 2)(ctypes.addressof(block), 65536)
moved = 0
try:
    while moved < 64 << 20:
        if libc.vmsplice(writing, vector, ctypes.c_size_t(1), 8) <= 0:
            break
        count = os.splice(reading, 1, 65536)
        if count <= 0:
            break
        moved += count
except OSError:
    pass
if moved > 32 << 20:
    print("\nESCAPED: splice moved", moved, "bytes into the output", flush=True)
