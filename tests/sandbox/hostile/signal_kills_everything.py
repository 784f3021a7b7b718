# MUST: a signal to every process ends the program's own at most | KIND: signal
import json
import os
import signal
import sys

NOBODY = 0x3FFFFFF0  # above every pid: where even this one can be signalled, the call does nothing at all
host = json.loads(sys.stdin.readline())["host_pid"]


def reaches(pid):
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


if host not in (1, os.getpid(), os.getppid()) and reaches(host) and not reaches(NOBODY):
    print("ESCAPED: can signal the host's process", flush=True)  # and no further: it would do real harm
    sys.exit()
for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL):
    try:
        os.kill(-1, number)
    except OSError:
        continue
