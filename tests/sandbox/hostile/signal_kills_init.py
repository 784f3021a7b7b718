# MUST: no signal disturbs the first process | KIND: signal
import json
import os
import sys

NOBODY = 0x3FFFFFF0
host = json.loads(sys.stdin.readline())["host_pid"]


def reaches(pid):
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


if host not in (1, os.getpid(), os.getppid()) and reaches(host) and not reaches(NOBODY):
    print("ESCAPED: can signal the host's process", flush=True)
    sys.exit()
for number in (*range(1, 65), 9, 19):
    try:
        os.kill(1, number)
    except OSError:
        continue
