# MUST: locking pages does not lift memory out of the limit | KIND: resource
import ctypes
import mmap

libc = ctypes.CDLL(None, use_errno=True)
libc.mlockall(3)
held = []
try:
    while len(held) < 40:
        block = mmap.mmap(-1, 8 << 20)
        held.append(block)
        address = ctypes.addressof(ctypes.c_char.from_buffer(block))
        if libc.mlock(ctypes.c_void_p(address), ctypes.c_size_t(8 << 20)) != 0:
            for page in range(0, 8 << 20, 4096):
                block[page] = 1
except (OSError, MemoryError, ValueError):
    pass
if len(held) * 8 > 256:
    print("ESCAPED: holds", len(held) * 8, "MiB, locked or not", flush=True)
