# MUST: the server that started a program is neither stopped nor killed by it | KIND: signal
import json
import os
import sys
import time

host = json.loads(sys.stdin.readline())["host_pid"]
parent = os.getppid()
for number in (19, 20, *range(1, 65), 9):
    if parent > 1 and parent != host:
        try:
            os.kill(parent, number)
        except OSError:
            continue
time.sleep(0.05)
# In a pid namespace of its own a program may harm what serves it alone; on the host it may not.
if os.getppid() != parent and os.path.exists(f"/proc/{host}/stat"):
    print("ESCAPED: killed a process on the host", flush=True)
