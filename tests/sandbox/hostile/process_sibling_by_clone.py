# MUST: a sibling made by CLONE_PARENT is not taken for the program | KIND: process | ENDS: nonzero_exit, signal
import ctypes
import os
import time

CLONE_PARENT, SIGCHLD = 0x8000, 17
number = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
if ctypes.CDLL(None).syscall(number, CLONE_PARENT | SIGCHLD, None, None, None, None) == 0:
    os._exit(0)  # whoever takes this for the program's end says `ok`
time.sleep(0.2)
os._exit(3)
