# MUST: a stopped process ends at the wall limit | KIND: time | ENDS: wall_time_limit
import os
import signal
import time

try:
    os.kill(os.getpid(), signal.SIGSTOP)
except OSError:
    pass
time.sleep(60)
