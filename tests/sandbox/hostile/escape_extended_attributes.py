# MUST: no attribute can be hung on a file outside | KIND: escape
import json
import os
import sys

world = json.loads(sys.stdin.readline())
for path in (
    world["canary"],
    os.path.dirname(world["canary"]),
    os.__file__,
    os.path.dirname(os.__file__),
    "/usr",
):
    for name in ("user.hostile", "trusted.hostile", "security.capability"):
        try:
            os.setxattr(path, name, b"x")
            found = os.getxattr(path, name)
            os.removexattr(path, name)
        except OSError:
            continue
        if found == b"x":
            print("ESCAPED: hung", name, "on", path, flush=True)
