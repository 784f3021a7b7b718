# MUST: no child starts in new namespaces, by clone or by clone3 | KIND: escape
import ctypes
import os

NEWUSER, SIGCHLD = 0x10000000, 17
libc = ctypes.CDLL(None, use_errno=True)
clone = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
arguments = (ctypes.c_uint64 * 11)(NEWUSER, 0, 0, 0, SIGCHLD)
parent = os.getpid()
for start in (
    lambda: libc.syscall(clone, ctypes.c_ulong(NEWUSER | SIGCHLD), None, None, None, None),
    lambda: libc.syscall(435, arguments, ctypes.c_size_t(64)),
):
    child = start()
    if child == 0 and os.getppid() == parent:
        header = (ctypes.c_uint32 * 2)(0x20080522, 0)
        data = (ctypes.c_uint32 * 6)()
        libc.capget(header, data)
        os._exit(42 if data[0] else 0)
    if child > 0 and os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 42:
        print("ESCAPED: a child got capabilities", flush=True)
