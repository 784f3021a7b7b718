# MUST: CPU time handed on from orphan to orphan counts | KIND: time
import os
import sys
import time


def relay(left):
    while time.process_time() < 0.1:
        pass
    if left == 0:
        os.write(1, b"ESCAPED: a relay burnt 1.5 s of CPU\n")
        os._exit(0)
    try:
        if os.fork():
            os._exit(0)
    except OSError:
        os._exit(0)
    relay(left - 1)


try:
    first = os.fork()
except OSError:
    sys.exit()
if first == 0:
    relay(14)
time.sleep(2.2)
