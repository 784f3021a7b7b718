# MUST: waiting for a signal that never comes ends at the wall limit | KIND: time | ENDS: wall_time_limit
import signal

while True:
    signal.pause()
