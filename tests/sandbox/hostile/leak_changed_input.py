# MUST: what a program does to its input is not there for the next one | KIND: leak
import fcntl
import json
import mmap
import os

F_ADD_SEALS, F_SEAL_FUTURE_WRITE, ODD_FLAGS = 1033, 0x10, os.O_APPEND | os.O_NONBLOCK
if fcntl.fcntl(0, fcntl.F_GETFL) & ODD_FLAGS == ODD_FLAGS:
    print("ESCAPED: the predecessor's flags are on the input", flush=True)
if os.fstat(0).st_mode & 0o777 == 0o123:
    print("ESCAPED: the predecessor's mode is on the input", flush=True)
text = os.read(0, 65536)
try:
    json.loads(text)
except ValueError:
    print("ESCAPED: the input was changed or read before:", text[:40], flush=True)
changes = (
    lambda: os.pwrite(0, b"touched", 0),
    lambda: os.write(os.open("/proc/self/fd/0", os.O_RDWR), b"touched"),
    lambda: os.write(os.open("/dev/stdin", os.O_WRONLY), b"touched"),
    lambda: mmap.mmap(0, 1, mmap.MAP_SHARED).write(b"t"),
    lambda: os.ftruncate(0, 3),
    lambda: os.fchmod(0, 0o123),
    lambda: fcntl.fcntl(0, fcntl.F_SETFL, ODD_FLAGS),
    lambda: fcntl.fcntl(0, F_ADD_SEALS, F_SEAL_FUTURE_WRITE),
    lambda: os.lseek(0, 5, os.SEEK_SET),
)
for change in changes:
    try:
        change()
    except (OSError, ValueError):
        continue
