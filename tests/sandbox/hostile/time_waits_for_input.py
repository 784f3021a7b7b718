# MUST: waiting on an empty pipe ends at the wall limit | KIND: time | ENDS: wall_time_limit
import os
import select

reading, writing = os.pipe()
while True:
    select.select([reading], [], [])
