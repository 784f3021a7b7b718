# MUST: no environment of the host's is in sight, in no process and not in its own | KIND: leak
import ctypes
import json
import os
import sys

world = json.loads(sys.stdin.readline())
secret = world["secret_env"].encode() + b"="
found = {"os.environ": b"\0".join(key + b"=" + value for key, value in os.environb.items())}
pointers = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
position = 0
found["libc"] = b""
while pointers and pointers[position]:
    found["libc"] += pointers[position] + b"\0"
    position += 1
try:
    processes = [name for name in os.listdir("/proc") if name.isdigit()]
except OSError:
    processes = []
for pid in {"self", "1", str(os.getppid()), str(world["host_pid"]), *processes}:
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            found[pid] = file.read()
    except OSError:
        continue
for place, text in found.items():
    if secret in text:
        print("ESCAPED:", place, "has the secret variable", flush=True)
