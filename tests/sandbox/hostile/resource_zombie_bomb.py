# MUST: children that nobody waits for count as processes | KIND: resource
import os

zombies = 0
try:
    for _ in range(60):
        if os.fork() == 0:
            os._exit(0)
        zombies += 1
except OSError:
    pass
if zombies > 16:
    print("ESCAPED: made", zombies, "zombies", flush=True)
