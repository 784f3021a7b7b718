# MUST: pseudo terminals cannot be used up | KIND: resource
import os

opened = 0
try:
    while opened < 300:
        os.openpty()
        opened += 1
except OSError:
    pass
if opened > 64:
    print("ESCAPED: opened", opened, "terminals", flush=True)
