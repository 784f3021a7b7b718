# MUST: two slots share no segment, semaphore and queue of System V | KIND: slots
import ctypes
import json
import sys
import time

KEY, CREATE = 0x5EEDBEEF & 0x7FFFFFFF, 0o1666
role = json.loads(sys.stdin.readline())["role"]
libc = ctypes.CDLL(None, use_errno=True)
calls = {
    "segment": lambda flags: libc.shmget(KEY, ctypes.c_size_t(4096), flags),
    "semaphore": lambda flags: libc.semget(KEY, 1, flags),
    "queue": lambda flags: libc.msgget(KEY, flags),
}
made = {}
end = time.monotonic() + 0.3
while time.monotonic() < end:
    for name, call in calls.items():
        number = call(CREATE if role == "a" else 0)
        made[name] = number
        if role == "b" and number > 0:
            print("ESCAPED: met the other slot at a", name, flush=True)
            end = 0
    time.sleep(0.02)
if role == "a":
    libc.shmctl(made["segment"], 0, None)
    libc.semctl(made["semaphore"], 0, 0)
    libc.msgctl(made["queue"], 0, None)
