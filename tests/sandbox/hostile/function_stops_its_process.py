# MUST: a stopped solution is a failure in time | KIND: function
import os
import signal


def solve(n):
    os.kill(os.getpid(), signal.SIGSTOP)
    while True:
        signal.pause()
