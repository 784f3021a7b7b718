# MUST: no slot is told what another does with the files that both can read | KIND: slots
import ctypes
import json
import os
import sys
import time

role = json.loads(sys.stdin.readline())["role"]
libc = ctypes.CDLL(None, use_errno=True)
path = os.path.join(os.path.dirname(os.__file__), "antigravity.py")
watch = libc.inotify_init1(os.O_NONBLOCK) if role == "b" else -1
watching = watch > 2 and libc.inotify_add_watch(watch, path.encode(), 0xFFF) > 0
end = time.monotonic() + 0.3
while time.monotonic() < end:
    if role == "a":
        try:
            os.close(os.open(path, os.O_RDONLY))
        except OSError:
            break
    elif watching:
        try:
            print("ESCAPED: was told of an open in the other slot", len(os.read(watch, 4096)), flush=True)
            break
        except OSError:
            pass
    time.sleep(0.02)
