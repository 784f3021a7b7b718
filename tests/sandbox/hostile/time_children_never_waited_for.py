# MUST: CPU time of children that end without being waited for counts | KIND: time
import os
import signal
import sys
import time

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
spent = 0.0
for _ in range(14):
    reading, writing = os.pipe()
    try:
        pid = os.fork()
    except OSError:
        sys.exit()
    if not pid:
        while time.process_time() < 0.1:
            pass
        os.write(writing, b"+")
        os._exit(0)
    os.close(writing)
    spent += 0.1 * len(os.read(reading, 1))
    os.close(reading)
if spent > 1.2:
    print("ESCAPED: children burnt", spent, "s of CPU", flush=True)
