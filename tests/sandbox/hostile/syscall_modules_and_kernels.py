# MUST: neither a module nor a kernel can be loaded or unloaded | KIND: syscall
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
x86 = os.uname().machine == "x86_64"
init, finit, delete, kexec, kexec_file = (175, 313, 176, 246, 320) if x86 else (105, 273, 106, 104, 294)
library = os.open(os.__file__, os.O_RDONLY)
zero = ctypes.c_ulong(0)
for name, result in (
    ("init_module", libc.syscall(init, b"\x7fELF", ctypes.c_ulong(4), b"")),
    ("finit_module", libc.syscall(finit, library, b"", 0)),
    ("delete_module", libc.syscall(delete, b"hostile_no_such_module", os.O_NONBLOCK)),
    ("kexec_load", libc.syscall(kexec, zero, zero, None, zero)),
    ("kexec_file_load", libc.syscall(kexec_file, library, -1, zero, None, ctypes.c_ulong(4))),
):
    if result == 0:
        print("ESCAPED:", name, "was done", flush=True)
