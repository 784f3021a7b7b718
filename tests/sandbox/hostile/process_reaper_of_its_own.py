# MUST: orphans kept by a reaper other than pid 1 are gone as well | KIND: process
import ctypes
import os
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
try:
    for _ in range(3):
        if not os.fork():
            os.setsid()
            if not os.fork():
                time.sleep(60)
            os._exit(0)
except OSError:
    sys.exit()
time.sleep(0.05)
print("the reaper leaves")
