# MUST: a file of the host cannot be cut, removed, replaced or written | KIND: escape
import json
import os
import sys

canary = json.loads(sys.stdin.readline())["canary"]


def seen():
    try:
        status = os.stat(canary)
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_nlink


before = seen()
for change in (
    lambda: os.truncate(canary, 3),
    lambda: os.close(os.open(canary, os.O_WRONLY | os.O_TRUNC)),
    lambda: os.write(os.open(canary, os.O_WRONLY | os.O_APPEND), b"touched"),
    lambda: os.write(os.open(canary, os.O_RDWR), b"touched"),
    lambda: os.rename(canary, canary + ".away"),
    lambda: os.link(canary, canary + ".second"),
    lambda: os.replace(__file__, canary),
    lambda: os.unlink(canary),
    lambda: os.rmdir(os.path.dirname(canary)),
):
    try:
        change()
    except (OSError, NameError):
        continue
if seen() != before:
    print("ESCAPED: the canary was", before, "and is", seen(), flush=True)
