# MUST: a loop in an exit handler ends at the CPU limit | KIND: time | ENDS: cpu_time_limit
import atexit


@atexit.register
def never_done():
    while True:
        pass
