# MUST: a whole-file lock that one slot takes is not felt in another | KIND: slots
import fcntl
import json
import os
import sys
import time

role = json.loads(sys.stdin.readline())["role"]
opened = []
for path in (os.__file__, "/bin/sh", "/usr/lib", "/dev/null", "/etc/passwd", "/tmp"):
    try:
        opened.append((path, os.open(path, os.O_RDONLY)))
    except OSError:
        continue
end = time.monotonic() + 0.3
while time.monotonic() < end:
    for path, descriptor in opened:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("ESCAPED: somebody else has locked", path, flush=True)
            sys.exit()
        except OSError:
            continue
        if role == "b":
            fcntl.flock(descriptor, fcntl.LOCK_UN)
    time.sleep(0.01)
