# MUST: no file, and not the output either, can be made larger than its limit by leaving holes | KIND: resource
import os

LARGE = 1 << 40
opened = [1, 2]
for path in ("/tmp/sparse", "/dev/shm/sparse", "sparse"):
    try:
        opened.append(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError:
        continue
for descriptor in opened:
    for enlarge in (
        lambda fd: os.ftruncate(fd, LARGE),
        lambda fd: os.pwrite(fd, b"x", LARGE),
        lambda fd: os.posix_fallocate(fd, 0, 1 << 30),
    ):
        try:
            enlarge(descriptor)
        except OSError:
            continue
    if os.fstat(descriptor).st_size > 64 << 20:
        print("ESCAPED: descriptor", descriptor, "has", os.fstat(descriptor).st_size, "bytes", flush=True)
