# MUST: a solution that never answers is a failure in time | KIND: function
import time


def solve(n):
    time.sleep(60)
