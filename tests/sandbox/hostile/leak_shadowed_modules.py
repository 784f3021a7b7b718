# MUST: a module that a program leaves behind is not imported by the next one | KIND: leak
import os
import sys

PLACES = (".", "/tmp", "/dev/shm")
sys.path[:0] = PLACES
import colorsys  # no program imports this by chance

if getattr(colorsys, "LEFT_BEHIND", False):
    print("ESCAPED: imported the predecessor's module from", colorsys.__file__, flush=True)
for place in PLACES:
    for name in ("colorsys.py", "sitecustomize.py", "usercustomize.py", "json.py", "os.py", "main.py"):
        try:
            descriptor = os.open(os.path.join(place, name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        except OSError:
            continue
        os.write(descriptor, b"LEFT_BEHIND = True\nprint('ESCAPED: imported', __name__)\n")
        os.close(descriptor)
