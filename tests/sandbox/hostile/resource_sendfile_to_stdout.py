# MUST: bytes moved by the kernel count against the output limit too | KIND: resource
import os

source = os.open(os.__file__, os.O_RDONLY)
size = os.fstat(source).st_size
moved = 0
try:
    while moved < 64 << 20:
        count = os.sendfile(1, source, 0, size)
        if count <= 0:
            break
        moved += count
except OSError:
    pass
if moved > 32 << 20:
    os.write(2, b"moved\n")
    print("\nESCAPED: sendfile moved", moved, "bytes into the output", flush=True)
