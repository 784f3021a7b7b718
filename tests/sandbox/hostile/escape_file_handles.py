# MUST: no file can be opened by its handle, past every path | KIND: escape
import ctypes
import os

x86 = os.uname().machine == "x86_64"
name_to_handle_at, open_by_handle_at = (303, 304) if x86 else (264, 265)
libc = ctypes.CDLL(None, use_errno=True)
for path in (b"/usr", b"/proc", b"/tmp", b"/"):
    handle = (ctypes.c_uint32 * 34)(128)
    mount = ctypes.c_int()
    libc.syscall(name_to_handle_at, -100, path, handle, ctypes.byref(mount), 0)
    directory = os.open(path, os.O_PATH | os.O_DIRECTORY)
    root_of_ext4 = (ctypes.c_uint32 * 4)(8, 1, 2, 0)
    for tried in (handle, root_of_ext4):
        descriptor = libc.syscall(open_by_handle_at, directory, tried, os.O_RDONLY)
        if descriptor > 2:
            print("ESCAPED: opened by handle", path, os.fstat(descriptor).st_ino, flush=True)
