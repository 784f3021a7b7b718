# MUST: a mapping of the output outlives nobody and changes no verdict | KIND: spoof
import mmap
import os
import sys
import time

try:
    os.write(1, b"." * 4096)
    window = mmap.mmap(1, 4096, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)
    child = os.fork()
except (OSError, ValueError):
    sys.exit()
if not child:
    os.setsid()
    for number in range(500):
        window[:8] = b"%08d" % number
        time.sleep(0.002)
    os._exit(0)
