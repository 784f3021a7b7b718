# MUST: clone3 puts no child into another cgroup, pid table or namespace | KIND: syscall
import ctypes
import os

INTO_CGROUP, NEWNET, NEWPID, SIGCHLD = 0x200000000, 0x40000000, 0x20000000, 17
libc = ctypes.CDLL(None, use_errno=True)
parent = os.getpid()
try:
    group = os.open("/sys/fs/cgroup", os.O_PATH | os.O_DIRECTORY)
except OSError:
    group = 0
chosen = (ctypes.c_int * 1)(4000)
for flags, extra in (
    (INTO_CGROUP, {10: group}),
    (NEWNET, {}),
    (NEWPID, {}),
    (0, {8: ctypes.addressof(chosen), 9: 1}),  # a pid of its own choice
):
    arguments = (ctypes.c_uint64 * 11)(flags, 0, 0, 0, SIGCHLD)
    for position, value in extra.items():
        arguments[position] = value
    child = libc.syscall(435, arguments, ctypes.c_size_t(88))
    if child == 0 and os.getpid() != parent:
        os._exit(0)
    if child > 0:
        os.waitpid(child, 0)
        print("ESCAPED: clone3 made a child with flags", hex(flags), child, flush=True)
