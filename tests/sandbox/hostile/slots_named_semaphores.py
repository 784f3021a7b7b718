# MUST: two slots share no named semaphore | KIND: slots
import ctypes
import json
import sys
import time

NAME, O_CREAT = b"/hostile-meeting", 0o100
role = json.loads(sys.stdin.readline())["role"]
libc = ctypes.CDLL(None, use_errno=True)
libc.sem_open.restype = ctypes.c_void_p
end = time.monotonic() + 0.3
while time.monotonic() < end:
    if libc.sem_open(NAME, O_CREAT if role == "a" else 0, 0o666, 1) and role == "b":
        print("ESCAPED: met the other slot at a semaphore", flush=True)
        break
    time.sleep(0.02)
if role == "a":
    libc.sem_unlink(NAME)
