# MUST: neither chroot nor pivot_root moves a program's root, and no `..` leads above it | KIND: escape
import ctypes
import json
import os
import sys

canary = json.loads(sys.stdin.readline())["canary"]
libc = ctypes.CDLL(None, use_errno=True)
pivot_root = {"x86_64": 155, "aarch64": 41}[os.uname().machine]
before = (os.stat("/").st_dev, os.stat("/").st_ino)
above = os.open(".", os.O_PATH | os.O_DIRECTORY)
for directory in ("/tmp", "/dev/shm", ".", "/usr"):
    libc.chroot(directory.encode())
    libc.syscall(pivot_root, directory.encode(), directory.encode())
    libc.syscall(pivot_root, b".", b".")
if (os.stat("/").st_dev, os.stat("/").st_ino) != before:
    print("ESCAPED: the root moved", flush=True)
try:
    os.fchdir(above)
    for _ in range(40):
        os.chdir("..")
    with open(canary.lstrip("/"), "rb") as file:
        print("ESCAPED: read above the root", file.read(7), flush=True)
except OSError:
    pass
