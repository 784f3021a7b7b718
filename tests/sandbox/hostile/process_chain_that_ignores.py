# MUST: a chain of processes that ignore and block every signal is gone when the run ends | KIND: process
import os
import signal
import sys
import time

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        continue
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
for _ in range(5):
    try:
        if os.fork():
            break
    except OSError:
        sys.exit()
    os.setsid()
else:
    time.sleep(60)
time.sleep(0.05)
