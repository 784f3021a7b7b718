# MUST: a sleeper ends at the wall limit | KIND: time | ENDS: wall_time_limit
import time

time.sleep(60)
