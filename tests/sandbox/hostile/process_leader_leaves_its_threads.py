# MUST: a run goes on until the last thread ends, its leader gone before | KIND: process | ENDS: nonzero_exit
import ctypes
import os
import threading
import time


def last():
    time.sleep(0.3)
    os._exit(7)


threading.Thread(target=last, daemon=True).start()
number = {"x86_64": 60, "aarch64": 93}[os.uname().machine]
ctypes.CDLL(None).syscall(number, 0)  # ends this thread only, not the process
