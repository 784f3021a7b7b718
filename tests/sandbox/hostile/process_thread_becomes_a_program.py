# MUST: exec in a side thread neither hides the program nor loses its limits | KIND: process
import os
import threading
import time


def become():
    try:
        os.execv("/bin/sh", ["sh", "-c", "while :; do :; done"])
    except OSError:
        os._exit(0)


threading.Thread(target=become).start()
time.sleep(60)
