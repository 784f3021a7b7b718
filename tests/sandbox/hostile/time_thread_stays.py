# MUST: a thread that stays after the main one ends at the wall limit | KIND: time | ENDS: wall_time_limit
import threading
import time

threading.Thread(target=time.sleep, args=(60,)).start()
print("the main thread leaves")
