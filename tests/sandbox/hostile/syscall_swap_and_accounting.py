# MUST: swap, accounting and quotas of the host cannot be touched | KIND: syscall
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
x86 = os.uname().machine == "x86_64"
swapon, swapoff, acct, quotactl = (167, 168, 163, 179) if x86 else (224, 225, 89, 60)
for place in ("/tmp", "/dev/shm", "."):
    path = f"{place}/swap".encode()
    try:
        with open(path, "wb") as file:
            file.write(bytes(1 << 16))
    except OSError:
        pass
    if libc.syscall(swapon, path, 0) == 0 or libc.syscall(swapoff, path) == 0:
        print("ESCAPED: the host swaps to", path, flush=True)
    if libc.syscall(acct, path) == 0:
        print("ESCAPED: the host accounts to", path, flush=True)
Q_QUOTAOFF = 0x800003
if libc.syscall(quotactl, Q_QUOTAOFF << 8, b"/dev/root", 0, None) == 0:
    print("ESCAPED: quotas are off", flush=True)
