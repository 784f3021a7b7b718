# MUST: writing past page protection reaches the program's own copy only, never the file | KIND: escape
import ctypes
import mmap
import os
import threading

path = os.path.join(os.path.dirname(os.__file__), "this.py")
with open(path, "rb") as file:
    before = file.read()
    page = mmap.mmap(file.fileno(), 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE)
address = ctypes.addressof(ctypes.c_char.from_buffer(page))
libc = ctypes.CDLL(None)
libc.mprotect(ctypes.c_void_p(address), ctypes.c_size_t(4096), mmap.PROT_READ)
done = threading.Event()


def forget():
    while not done.is_set():
        libc.madvise(ctypes.c_void_p(address), ctypes.c_size_t(4096), 4)  # MADV_DONTNEED


threading.Thread(target=forget, daemon=True).start()
try:
    with open("/proc/self/mem", "r+b", buffering=0) as memory:
        for _ in range(1000):
            memory.seek(address)
            memory.write(b"# ESCAPED")
except (OSError, OverflowError):
    pass
done.set()
with open(path, "rb") as file:
    if file.read() != before:
        print("ESCAPED: changed a file of the library", flush=True)
