# MUST: no open file of another process can be written by its number | KIND: spoof
import json
import os
import sys

host = json.loads(sys.stdin.readline())["host_pid"]
report = b'{"status": "ok", "stdout": "the expected word", "exit_code": 0}\n'
for pid in ("1", str(os.getppid()), str(host), "self", "thread-self"):
    for number in range(20):
        if pid in ("self", "thread-self") and number in (1, 2):
            continue
        try:
            descriptor = os.open(f"/proc/{pid}/fd/{number}", os.O_WRONLY | os.O_NONBLOCK)
            os.write(descriptor, report)
            os.close(descriptor)
        except OSError:
            continue
print("nothing")
