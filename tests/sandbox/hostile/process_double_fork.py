# MUST: a grandchild in a session of its own is gone when the run ends | KIND: process
import os
import time

try:
    child = os.fork()
except OSError:
    raise SystemExit(0) from None
if not child:
    os.setsid()
    if not os.fork():
        os.closerange(0, 64)
        time.sleep(2)
        while True:
            pass
    os._exit(0)
print("the parent leaves")
