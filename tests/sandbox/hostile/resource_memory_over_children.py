# MUST: all children together stay within the memory limit | KIND: resource
import os
import time

CHILDREN, EACH = 4, 60 << 20
reading, writing = os.pipe()
started = []
for _ in range(CHILDREN):
    try:
        pid = os.fork()
    except OSError:
        break
    if not pid:
        block = bytearray(EACH)
        for page in range(0, EACH, 4096):
            block[page] = 1
        os.write(writing, b"+")
        time.sleep(30)
        os._exit(0)
    started.append(pid)
os.set_blocking(reading, False)
full = 0
end = time.monotonic() + 1
while full < len(started) and time.monotonic() < end:
    time.sleep(0.05)
    try:
        full += len(os.read(reading, 64))
    except BlockingIOError:
        continue
time.sleep(0.3 if started else 0)  # long enough for a guard that looks now and then
alive = [pid for pid in started if os.waitpid(pid, os.WNOHANG)[0] == 0]
if min(full, len(alive)) * EACH > 200 << 20:
    print("ESCAPED: children hold", min(full, len(alive)) * EACH, "bytes together", flush=True)
