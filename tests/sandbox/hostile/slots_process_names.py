# MUST: no slot sees the processes of another | KIND: slots
import ctypes
import json
import os
import sys
import time

PR_SET_NAME = 15
role = json.loads(sys.stdin.readline())["role"]
if role == "a":
    ctypes.CDLL(None).prctl(PR_SET_NAME, b"hostile-a", 0, 0, 0)
    time.sleep(0.3)
    sys.exit()
end = time.monotonic() + 0.3
while time.monotonic() < end:
    try:
        processes = [name for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        processes = [str(pid) for pid in range(max(2, os.getpid() - 60), os.getpid() + 60)]
    for pid in processes:
        try:
            with open(f"/proc/{pid}/comm") as file:
                if file.read().startswith("hostile-a"):
                    print("ESCAPED: sees the other slot as", pid, flush=True)
                    sys.exit()
        except OSError:
            continue
    time.sleep(0.05)
