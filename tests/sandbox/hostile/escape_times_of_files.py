# MUST: the times of a file outside cannot be set, although they may be seen | KIND: escape
import json
import os
import sys

world = json.loads(sys.stdin.readline())
EARLY = (1_000_000_000, 1_000_000_000)
for path in (world["canary"], os.path.dirname(world["canary"]), world["unix"], os.__file__, "/usr"):
    try:
        before = os.stat(path).st_mtime_ns
        by_name = os.open(path, os.O_PATH)
    except OSError:
        continue
    for change in (
        lambda: os.utime(path, ns=EARLY),
        lambda: os.utime(path, ns=EARLY, follow_symlinks=False),
        lambda: os.utime(f"/proc/self/fd/{by_name}", ns=EARLY),
        lambda: os.utime(os.open(path, os.O_RDONLY | os.O_NONBLOCK), ns=EARLY),
    ):
        try:
            change()
        except OSError:
            continue
    if os.stat(path).st_mtime_ns != before:
        print("ESCAPED: set the time of", path, flush=True)
