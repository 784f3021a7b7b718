# MUST: steady output buys no time | KIND: time | ENDS: wall_time_limit
import time

while True:
    print(".", flush=True)
    time.sleep(0.05)
