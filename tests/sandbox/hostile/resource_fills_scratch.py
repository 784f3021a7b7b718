# MUST: all writable places together hold no more than a small quota | KIND: resource
import os

held = {}
for place in (".", "/tmp", "/dev/shm", "/var/tmp", "/run", "/run/lock", "/dev", "/box", "/"):
    for number in range(40):
        try:
            with open(os.path.join(place, f"filler-{number}"), "wb", buffering=0) as file:
                written = file.write(bytes(1 << 20))
                # One place may have two names.
                held[os.fstat(file.fileno()).st_dev, os.fstat(file.fileno()).st_ino] = written
        except (OSError, MemoryError):
            break
if sum(held.values()) > 16 << 20:
    print("ESCAPED: wrote", sum(held.values()), "bytes of files", flush=True)
