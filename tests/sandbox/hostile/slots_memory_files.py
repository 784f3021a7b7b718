# MUST: a file in one slot's memory cannot be opened from another | KIND: slots
import json
import os
import sys
import time

role = json.loads(sys.stdin.readline())["role"]
if role == "a":
    try:
        os.write(os.memfd_create("hostile-meeting"), b"from a")
    except OSError:
        pass
    time.sleep(0.3)
    sys.exit()
end = time.monotonic() + 0.3
while time.monotonic() < end:
    try:
        processes = [name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]
    except OSError:
        break
    for pid in processes:
        try:
            for number in os.listdir(f"/proc/{pid}/fd"):
                path = f"/proc/{pid}/fd/{number}"
                if "hostile-meeting" in os.readlink(path):
                    with open(path, "rb") as file:
                        print("ESCAPED: read the other slot's memory", file.read(), flush=True)
        except OSError:
            continue
    time.sleep(0.05)
