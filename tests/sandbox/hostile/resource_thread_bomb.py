# MUST: the number of threads is limited | KIND: resource
import os
import threading

threading.stack_size(32768)
never = threading.Event()
started = 0
try:
    while started < 200:
        threading.Thread(target=never.wait, args=(5,), daemon=True).start()
        started += 1
except (RuntimeError, MemoryError, OSError):
    pass
if started > 100:
    print("ESCAPED: runs", started, "threads", flush=True)
os._exit(0)
