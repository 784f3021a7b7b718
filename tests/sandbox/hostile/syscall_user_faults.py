# MUST: no program handles page faults of the kernel's itself | KIND: syscall
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
userfaultfd = {"x86_64": 323, "aarch64": 282}[os.uname().machine]
for flags in (0, 1, os.O_CLOEXEC | os.O_NONBLOCK, os.O_CLOEXEC | 1):
    opened = libc.syscall(userfaultfd, flags)
    if opened > 2:
        print("ESCAPED: opened for faults", os.fstat(opened).st_mode, flush=True)
        os.close(opened)
try:
    print("ESCAPED: opened", os.open("/dev/userfaultfd", os.O_RDWR), flush=True)
except OSError:
    pass
