# MUST: links that a program makes lead nowhere that it could not go itself | KIND: escape
import json
import os
import sys

world = json.loads(sys.stdin.readline())
for place in (".", "/tmp", "/dev/shm"):
    link = os.path.join(place, "link")
    for target in (
        world["canary"],
        "/proc/self/root" + world["canary"],
        "/proc/1/root" + world["canary"],
        f"/proc/{world['host_pid']}/root{world['canary']}",
        f"/proc/{world['host_pid']}/cwd/pyproject.toml",
        "../" * 30 + world["canary"].lstrip("/"),
    ):
        try:
            if os.path.lexists(link):
                os.unlink(link)
            os.symlink(target, link)
            with open(link, "rb") as file:
                print("ESCAPED: read through a link to", target, file.read(7), flush=True)
        except OSError:
            continue
