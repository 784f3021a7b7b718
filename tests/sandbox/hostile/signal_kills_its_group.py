# MUST: no process of the host is in the program's group or session | KIND: signal | ENDS: signal, ok, nonzero_exit
import json
import os
import signal
import sys

host = json.loads(sys.stdin.readline())["host_pid"]
try:
    shared = host not in (1, os.getpid(), os.getppid()) and os.getpgid(host) == os.getpgrp()
except OSError:
    shared = False
if shared:
    print("ESCAPED: the host's process is in the program's group", flush=True)
    sys.exit()
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for number in (signal.SIGTERM, signal.SIGKILL):
    try:
        os.kill(0, number)
    except OSError:
        continue
