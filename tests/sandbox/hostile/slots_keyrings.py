# MUST: two slots share no keyring | KIND: slots
import ctypes
import json
import os
import sys
import time

add_key, keyctl = {"x86_64": (248, 250), "aarch64": (217, 219)}[os.uname().machine]
SEARCH, RINGS = 10, (-3, -4, -5)
role = json.loads(sys.stdin.readline())["role"]
libc = ctypes.CDLL(None, use_errno=True)
end = time.monotonic() + 0.3
while time.monotonic() < end:
    for ring in RINGS:
        if role == "a":
            libc.syscall(add_key, b"user", b"hostile-meeting", b"from a", ctypes.c_size_t(6), ring)
        elif libc.syscall(keyctl, SEARCH, ring, b"user", b"hostile-meeting", 0) > 0:
            print("ESCAPED: met the other slot in a keyring", flush=True)
            sys.exit()
    time.sleep(0.02)
