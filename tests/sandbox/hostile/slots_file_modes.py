# MUST: modes and attributes of files that two slots can see carry no word | KIND: slots
import json
import os
import stat
import sys
import time

world = json.loads(sys.stdin.readline())
paths = [world["canary"], os.path.dirname(world["canary"]), world["unix"], os.__file__, sys.base_prefix]


def seen():
    found = {}
    for path in paths:
        try:
            found[path] = stat.S_IMODE(os.stat(path).st_mode), tuple(os.listxattr(path))
        except OSError:
            continue
    return found


before = seen()
end = time.monotonic() + 0.3
while time.monotonic() < end:
    for path, (mode, _) in before.items():
        if world["role"] == "a":
            for change in (
                lambda: os.chmod(path, mode ^ 0o001),
                lambda: os.chmod(path, mode),
                lambda: os.setxattr(path, "user.hostile", b"1"),
                lambda: os.removexattr(path, "user.hostile"),
            ):
                try:
                    change()
                except OSError:
                    pass
                time.sleep(0.002)
    if world["role"] == "b" and seen() != before:
        print("ESCAPED: the other slot changed a mode or attribute", flush=True)
        break
    time.sleep(0.001)
