# MUST: no signal gets from one slot to another | KIND: slots
import json
import os
import signal
import sys
import time

received = []
signal.signal(signal.SIGWINCH, lambda *_: received.append(1))
role = json.loads(sys.stdin.readline())["role"]
own = os.getpid()
end = time.monotonic() + 0.3
while time.monotonic() < end and not received:
    if role == "a":
        # A signal that is ignored by whoever does not wait for it.
        for pid in range(max(2, own - 60), own + 60):
            if pid not in (own, os.getppid()):
                try:
                    os.kill(pid, signal.SIGWINCH)
                except OSError:
                    continue
    time.sleep(0.02)
if received and role == "b":
    print("ESCAPED: was signalled from the other slot", flush=True)
