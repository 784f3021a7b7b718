# MUST: no call makes a program another user, root least of all | KIND: escape
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def identity():
    return *os.getresuid(), *os.getresgid(), libc.setfsuid(-1), *sorted(os.getgroups())


before = identity()
for change in (
    lambda: os.setuid(0),
    lambda: os.seteuid(0),
    lambda: os.setreuid(0, 0),
    lambda: os.setresuid(0, 0, 0),
    lambda: os.setgid(0),
    lambda: os.setresgid(0, 0, 0),
    lambda: os.setgroups([0]),
    lambda: os.initgroups("root", 0),
    lambda: libc.setfsuid(0),
    lambda: os.setuid(4242),
):
    try:
        change()
    except OSError:
        continue
if identity() != before:
    print("ESCAPED: was", before, "and is", identity(), flush=True)
try:
    with open("/proc/self/uid_map") as file:
        for line in file:
            inside, outside, count = map(int, line.split())
            if inside <= os.getuid() < inside + count and outside + os.getuid() - inside == 0:
                print("ESCAPED: is root outside", flush=True)
except OSError:
    pass
