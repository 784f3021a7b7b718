# MUST: a record lock that one slot takes is not seen in another | KIND: slots
import fcntl
import json
import os
import struct
import sys
import time

GETLK, SETLK, LAYOUT = 5, 6, "@hhqqi4x"
role = json.loads(sys.stdin.readline())["role"]
opened = []
for path in (os.__file__, "/bin/sh", "/dev/null", "/etc/passwd"):
    try:
        opened.append((path, os.open(path, os.O_RDONLY)))
    except OSError:
        continue
wanted = struct.pack(LAYOUT, fcntl.F_RDLCK if role == "a" else fcntl.F_WRLCK, 0, 7, 1, 0)
end = time.monotonic() + 0.3
while time.monotonic() < end:
    for path, descriptor in opened:
        try:
            answer = fcntl.fcntl(descriptor, SETLK if role == "a" else GETLK, wanted)
        except OSError:
            continue
        kind, _, start, _, owner = struct.unpack(LAYOUT, answer)
        # A process of the host may have locked the whole of /dev/null.
        if role == "b" and kind == fcntl.F_RDLCK and start == 7:
            print("ESCAPED: sees a lock on", path, "of", owner, flush=True)
            sys.exit()
    time.sleep(0.01)
