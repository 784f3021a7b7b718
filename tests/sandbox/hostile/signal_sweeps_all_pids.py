# MUST: killing every number from 2 to 5000 ends the program's own processes at most | KIND: signal
import ctypes
import json
import os
import sys

NOBODY = 0x3FFFFFF0
host = json.loads(sys.stdin.readline())["host_pid"]
kill = ctypes.CDLL(None).kill
if host not in (1, os.getpid(), os.getppid()) and kill(host, 0) == 0 and kill(NOBODY, 0) != 0:
    print("ESCAPED: can signal the host's process", flush=True)
    sys.exit()
for pid in range(2, 5000):
    if pid != os.getpid():
        kill(pid, 9)
for pid in range(2, 5000):
    if pid != os.getpid():
        kill(-pid, 9)
