# MUST: a file of the host cannot be read by any way of naming it | KIND: leak
import json
import os
import sys

canary = json.loads(sys.stdin.readline())["canary"]
directory, name = os.path.split(canary)
names = [canary, "/proc/self/root" + canary, "/proc/1/root" + canary, "/proc/self/cwd" + "/.." * 12 + canary]
names += ["../" * 12 + canary, f"/proc/{os.getppid()}/root{canary}", "//" + canary, "/./" + canary]
for path in names:
    try:
        with open(path, "rb") as file:
            print("ESCAPED: read", path, file.read(7), flush=True)
    except OSError:
        continue
try:
    start = os.open(directory, os.O_PATH | os.O_DIRECTORY)
    with open(os.open(name, os.O_RDONLY, dir_fd=start), "rb") as file:
        print("ESCAPED: read through its directory", file.read(7), flush=True)
except OSError:
    pass
try:
    print("ESCAPED: listed", directory, os.listdir(directory)[:3], flush=True)
except OSError:
    pass
