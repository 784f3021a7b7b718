# MUST: space of files without a name comes back with their owner's end | KIND: resource
import os

for place in ("/tmp", "/dev/shm", "."):
    path = os.path.join(place, "nameless")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        os.unlink(path)
    except OSError:
        continue
    written = 0
    try:
        while written < 32 << 20:
            written += os.write(descriptor, bytes(1 << 16))
    except OSError:
        pass
    if written == 0 and place == "/tmp":
        print("ESCAPED: the predecessor's space was not given back", flush=True)
