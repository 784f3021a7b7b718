# MUST: a slot that takes all threads it can get leaves the other's share alone | KIND: slots
import json
import sys
import threading
import time

role = json.loads(sys.stdin.readline())["role"]
threading.stack_size(32768)
over = threading.Event()
end = time.monotonic() + 0.3
while time.monotonic() < end:
    try:
        thread = threading.Thread(target=over.wait if role == "a" else int)
        thread.start()
        if role == "b":
            thread.join()
            time.sleep(0.01)
    except RuntimeError:
        if role == "b":
            print("ESCAPED: no thread is left in this slot", flush=True)
            break
        time.sleep(0.05)
over.set()
