# MUST: signals that the kernel sends for an open file reach no other process | KIND: signal
import fcntl
import json
import os
import struct
import sys
import time

F_SETSIG, F_SETOWN_EX, F_OWNER_TID, F_OWNER_PID = 10, 15, 0, 1
host = json.loads(sys.stdin.readline())["host_pid"]
parent = os.getppid()
for pid in {1, parent} - {0, host}:
    for kind in (F_OWNER_TID, F_OWNER_PID, None):
        reading, writing = os.pipe()
        try:
            fcntl.fcntl(reading, F_SETSIG, 9)
            if kind is None:
                fcntl.fcntl(reading, fcntl.F_SETOWN, pid)
            else:
                fcntl.fcntl(reading, F_SETOWN_EX, struct.pack("=ii", kind, pid))
            fcntl.fcntl(reading, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
            os.write(writing, b"x")
        except OSError:
            continue
time.sleep(0.05)
if os.getppid() != parent and os.path.exists(f"/proc/{host}/stat"):
    print("ESCAPED: killed a process on the host by an open file", flush=True)
