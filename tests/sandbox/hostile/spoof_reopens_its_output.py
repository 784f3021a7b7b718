# MUST: an output opened again under its names is the same output | KIND: spoof
import os

print("first", flush=True)
for path in ("/dev/stdout", "/proc/self/fd/1", "/dev/fd/1", "/proc/thread-self/fd/1", "/dev/stderr"):
    for flags in (os.O_WRONLY | os.O_TRUNC, os.O_RDWR, os.O_WRONLY | os.O_APPEND):
        try:
            os.write(os.open(path, flags), b"again\n")
        except OSError:
            continue
os.dup2(2, 1)
print("last")
