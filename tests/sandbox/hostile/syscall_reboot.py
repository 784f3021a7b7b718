# MUST: the machine cannot be restarted | KIND: syscall
import ctypes
import os

reboot = {"x86_64": 169, "aarch64": 142}[os.uname().machine]
MAGIC, MAGIC2, KEYS_RESTART = 0xFEE1DEAD, 672274793, 0x89ABCDEF  # which is how most machines are set anyway
libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(reboot, ctypes.c_uint(MAGIC), MAGIC2, ctypes.c_uint(KEYS_RESTART), None) == 0:
    print("ESCAPED: may restart the machine", flush=True)
