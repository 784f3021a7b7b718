# MUST: no directory is shared by two slots that one can write in | KIND: slots
import json
import os
import sys
import time

NAME = "hostile-meeting-place"
role = json.loads(sys.stdin.readline())["role"]
places = [
    ".",
    "/tmp",
    "/dev/shm",
    "/var/tmp",
    "/run",
    "/run/lock",
    "/dev/mqueue",
    "/box",
    "/var/lock",
    "/dev",
]
places += [os.path.dirname(os.__file__), os.path.expanduser("~")]
end = time.monotonic() + 0.3
while time.monotonic() < end:
    for place in places:
        path = os.path.join(place, NAME)
        try:
            if role == "a":
                os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o666))
            elif os.path.lexists(path):
                print("ESCAPED: met the other slot in", place, flush=True)
                sys.exit()
        except OSError:
            continue
    time.sleep(0.02)
if role == "a":
    for place in places:
        try:
            os.unlink(os.path.join(place, NAME))
        except OSError:
            continue
