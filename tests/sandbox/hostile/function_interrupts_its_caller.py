# MUST: an exception thrown into whoever called a solution makes no success | KIND: function
import ctypes
import threading
import time

caller = threading.main_thread().ident


def throw():
    for kind in (SystemExit, KeyboardInterrupt, StopIteration):
        time.sleep(0.002)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(caller), ctypes.py_object(kind))


def solve(n):
    threading.Thread(target=throw, daemon=True).start()
    return -1
