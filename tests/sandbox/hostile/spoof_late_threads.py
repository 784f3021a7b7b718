# MUST: threads and exit handlers that write last change only the program's own output | KIND: spoof
import atexit
import os
import sys
import threading
import time


def write_on():
    for number in range(400):
        os.write(1, b"late %d\n" % number)
        time.sleep(0.001)


atexit.register(lambda: os.write(1, b"at exit\n"))
atexit.register(lambda: threading.Thread(target=write_on, daemon=True).start())
threading.Thread(target=write_on, daemon=True).start()
sys.stdout.write("not flushed")
