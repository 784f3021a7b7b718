# MUST: the hint of a file's lifetime, kept with the file, carries no word | KIND: slots
import fcntl
import json
import os
import struct
import sys
import time

GET_HINT, SET_HINT, EXTREME = 1035, 1036, 5
role = json.loads(sys.stdin.readline())["role"]
opened = []
for path in (os.__file__, "/bin/sh", "/dev/null", "/etc/passwd"):
    try:
        opened.append((path, os.open(path, os.O_RDONLY)))
    except OSError:
        continue
end = time.monotonic() + 0.3
while time.monotonic() < end:
    for path, descriptor in opened:
        try:
            if role == "a":
                fcntl.fcntl(descriptor, SET_HINT, struct.pack("=Q", EXTREME))
            elif struct.unpack("=Q", fcntl.fcntl(descriptor, GET_HINT, bytes(8)))[0] == EXTREME:
                print("ESCAPED: the other slot left a hint on", path, flush=True)
                sys.exit()
        except OSError:
            continue
    time.sleep(0.01)
for path, descriptor in opened if role == "a" else ():
    try:
        fcntl.fcntl(descriptor, SET_HINT, bytes(8))
    except OSError:
        continue
