# MUST: whoever wipes a program's files does not follow its links out of the sandbox | KIND: escape
import json
import os
import sys

canary = json.loads(sys.stdin.readline())["canary"]
for place in (".", "/tmp", "/dev/shm"):
    for name, target in (
        ("to-the-canary", canary),
        ("to-its-directory", os.path.dirname(canary)),
        ("to-the-library", os.path.dirname(os.__file__)),
        ("to-the-root", "/"),
        ("up", ".." + "/.." * 20),
    ):
        try:
            os.symlink(target, os.path.join(place, name))
            os.mkdir(os.path.join(place, f"directory-{name}"))
            os.symlink(target, os.path.join(place, f"directory-{name}", "inner"))
            os.link(os.path.join(place, name), os.path.join(place, f"hard-{name}"), follow_symlinks=False)
        except OSError:
            continue
