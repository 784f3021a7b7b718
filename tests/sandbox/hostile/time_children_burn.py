# MUST: the CPU time of all living processes counts together | KIND: time | ENDS: cpu_time_limit
import os

for _ in range(2):
    try:
        os.fork()
    except OSError:
        break
while True:
    pass
