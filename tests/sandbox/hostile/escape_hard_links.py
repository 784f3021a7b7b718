# MUST: a file of the host cannot be linked into the program's own directory | KIND: escape
import json
import os
import sys

canary = json.loads(sys.stdin.readline())["canary"]
for place in (".", "/tmp", "/dev/shm"):
    target = os.path.join(place, "linked")
    for link in (
        lambda: os.link(canary, target),
        lambda: os.link(f"/proc/self/fd/{os.open(canary, os.O_PATH)}", target, follow_symlinks=True),
        lambda: os.rename(canary, target),
    ):
        try:
            link()
            with open(target, "rb") as file:
                print("ESCAPED: read the canary as", target, file.read(7), flush=True)
        except OSError:
            continue
