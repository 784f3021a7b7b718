# MUST: the test process is not in sight: neither its command nor its open files | KIND: leak
import json
import os
import sys

host = json.loads(sys.stdin.readline())["host_pid"]
try:
    processes = {name for name in os.listdir("/proc") if name.isdigit()}
except OSError:
    processes = set()
for pid in processes | {str(host), str(os.getppid()), "1"}:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            command = file.read()
        if b"pytest" in command:
            print("ESCAPED: read the command line of", pid, command[:60], flush=True)
            for name in os.listdir(f"/proc/{pid}/fd"):
                print("ESCAPED: sees an open file", os.readlink(f"/proc/{pid}/fd/{name}"), flush=True)
    except OSError:
        continue
