# MUST: the executable behind no process can be opened for writing | KIND: escape
import json
import os
import sys

host = json.loads(sys.stdin.readline())["host_pid"]
for pid in ("self", 1, os.getppid(), host):
    for name in ("exe", "root/usr/bin/python3", "root/bin/sh"):
        path = f"/proc/{pid}/{name}"
        try:
            os.close(os.open(path, os.O_WRONLY))
            print("ESCAPED: opened for writing", path, flush=True)
        except OSError:
            pass
        try:
            by_name = os.open(path, os.O_PATH)
            os.close(os.open(f"/proc/self/fd/{by_name}", os.O_RDWR))
            print("ESCAPED: opened again for writing", path, flush=True)
        except OSError:
            continue
