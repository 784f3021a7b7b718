# MUST: no memory hides from whoever counts it | KIND: syscall
import ctypes
import mmap
import os

libc = ctypes.CDLL(None, use_errno=True)
held = []
try:
    while len(held) < 40:
        secret = libc.syscall(447, 0)
        if secret < 3:
            break
        os.ftruncate(secret, 8 << 20)
        block = mmap.mmap(secret, 8 << 20)
        for page in range(0, 8 << 20, 4096):
            block[page] = 1
        held.append(block)
except (OSError, ValueError, MemoryError):
    pass
if len(held) * 8 > 160:
    print("ESCAPED: hides", len(held) * 8, "MiB", flush=True)
