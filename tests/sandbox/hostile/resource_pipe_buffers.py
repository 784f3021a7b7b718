# MUST: the kernel's memory behind pipes is limited and given back | KIND: resource
import fcntl
import os

F_SETPIPE_SZ = 1031
held = 0
pipes = []
try:
    while held < 100 << 20:
        reading, writing = os.pipe()
        pipes.append((reading, writing))
        try:
            fcntl.fcntl(writing, F_SETPIPE_SZ, 1 << 20)
        except OSError:
            pass
        os.set_blocking(writing, False)
        try:
            while True:
                held += os.write(writing, bytes(1 << 16))
        except BlockingIOError:
            continue
except (OSError, MemoryError):
    pass
if held > 64 << 20:
    print("ESCAPED:", held, "bytes lie in", len(pipes), "pipes", flush=True)
