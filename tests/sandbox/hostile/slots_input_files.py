# MUST: the files behind the inputs of two slots are not the same one | KIND: slots
import fcntl
import json
import os
import sys
import time

world = json.loads(sys.stdin.readline())
F_ADD_SEALS, F_GET_SEALS, FUTURE_WRITE = 1033, 1034, 0x10


def seen():
    found = []
    for descriptor in (0, 1, 2):
        status = os.fstat(descriptor)
        try:
            seals = fcntl.fcntl(descriptor, F_GET_SEALS)
        except OSError:
            seals = None
        found.append((status.st_mode, status.st_size, fcntl.fcntl(descriptor, fcntl.F_GETFL), seals))
    return found


before = seen()
end = time.monotonic() + 0.3
while time.monotonic() < end:
    for descriptor in (0, 1, 2) if world["role"] == "a" else ():
        for change in (
            lambda: os.fchmod(descriptor, 0o321),
            lambda: fcntl.fcntl(descriptor, fcntl.F_SETFL, os.O_APPEND | os.O_NONBLOCK),
            lambda: fcntl.fcntl(descriptor, F_ADD_SEALS, FUTURE_WRITE),
            lambda: os.pwrite(descriptor, b"from a", 0),
        ):
            try:
                change()
            except OSError:
                continue
    if world["role"] == "b" and seen() != before:
        print("ESCAPED: the other slot changed", before, "to", seen(), flush=True)
        break
    time.sleep(0.02)
