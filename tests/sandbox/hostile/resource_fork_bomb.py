# MUST: a fork bomb is held to the process limit and gone when the run ends | KIND: resource
import os
import time

end = time.monotonic() + 0.8
while time.monotonic() < end:
    try:
        os.fork()
    except OSError:
        time.sleep(0.01)
