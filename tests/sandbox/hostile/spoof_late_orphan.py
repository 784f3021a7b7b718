# MUST: an orphan that goes on writing after the end changes nothing | KIND: spoof
import os
import sys
import time

print("first word", flush=True)
parent = os.getpid()
try:
    child = os.fork()
except OSError:
    sys.exit()
if not child:
    while os.getppid() == parent:
        time.sleep(0.001)
    for number in range(1000):
        os.pwrite(1, b"corrected word %d\n" % number, 0)
        time.sleep(0.001)
    os._exit(0)
