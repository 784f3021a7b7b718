# MUST: the times of files that two slots can see carry no word from one to the other | KIND: slots
import json
import os
import sys
import time

world = json.loads(sys.stdin.readline())
paths = [
    world["canary"],
    os.path.dirname(world["canary"]),
    world["unix"],
    os.__file__,
    "/tmp",
    "/dev/null",
    "/",
]


def times():
    found = {}
    for path in paths:
        try:
            found[path] = os.stat(path).st_mtime_ns
        except OSError:
            continue
    return found


before = times()
end = time.monotonic() + 0.3
turn = 0
while time.monotonic() < end:
    if world["role"] == "a":
        turn += 1
        for path, moment in before.items():
            try:
                os.utime(path, ns=(moment + turn % 2, moment + turn % 2))
            except OSError:
                continue
    else:
        # A directory that others write in changes by whole milliseconds, not by one nanosecond.
        moved = [path for path, moment in times().items() if abs(moment - before.get(path, moment)) == 1]
        if moved:
            print("ESCAPED: the other slot moved the time of", moved, flush=True)
            break
    time.sleep(0.01)
