# MUST: nothing that an orphan writes after the program's end is in its output | KIND: process
import os
import sys
import time

parent = os.getpid()
try:
    child = os.fork()
except OSError:
    sys.exit()
if not child:
    while os.getppid() == parent:
        time.sleep(0.01)
    time.sleep(0.5)
    os.write(1, b"ESCAPED: an orphan wrote half a second after the end\n")
    os._exit(0)
