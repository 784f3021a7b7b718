# MUST: a deadlock ends at the wall limit | KIND: time | ENDS: wall_time_limit
import threading

lock = threading.Lock()
lock.acquire()
lock.acquire()
