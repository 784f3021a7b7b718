# MUST: an open output in an orphan's hands holds the run up no longer | KIND: process | ENDS: ok, nonzero_exit, signal
import os
import sys
import time

try:
    child = os.fork()
except OSError:
    sys.exit()
if not child:
    os.setsid()
    time.sleep(60)
    os._exit(0)
print("the parent leaves")
