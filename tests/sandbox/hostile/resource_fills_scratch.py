# MUST: all writable places together hold no more than a small quota | KIND: resource
import os

total = 0
for place in (".", "/tmp", "/dev/shm", "/var/tmp", "/run", "/run/lock", "/dev", "/box", "/"):
    for number in range(40):
        try:
            with open(os.path.join(place, f"filler-{number}"), "wb", buffering=0) as file:
                total += file.write(bytes(1 << 20))
        except (OSError, MemoryError):
            break
if total > 16 << 20:
    print("ESCAPED: wrote", total, "bytes of files", flush=True)
