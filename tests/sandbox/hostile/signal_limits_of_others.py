# MUST: the limits of no other process can be set | KIND: signal
import json
import os
import resource
import sys

NOBODY = 0x3FFFFFF0
host = json.loads(sys.stdin.readline())["host_pid"]


def sets_limit(pid, which):
    try:
        resource.prlimit(pid, which, resource.prlimit(pid, which))  # the same again: a proof without harm
    except (OSError, ValueError):
        return False
    return True


for pid in {1, os.getppid(), host} - {0, os.getpid()}:
    for which in (resource.RLIMIT_CPU, resource.RLIMIT_NOFILE, resource.RLIMIT_AS):
        if sets_limit(pid, which) and not sets_limit(NOBODY, which):
            print("ESCAPED: can set limit", which, "of process", pid, flush=True)
