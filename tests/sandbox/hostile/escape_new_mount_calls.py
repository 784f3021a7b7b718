# MUST: the newer calls for mounts are refused as the old ones | KIND: escape
import ctypes
import os

AT_FDCWD, OPEN_TREE_CLONE, AT_RECURSIVE = -100, 1, 0x8000
libc = ctypes.CDLL(None, use_errno=True)
for name, result in (
    ("fsopen", libc.syscall(430, b"tmpfs", 0)),
    ("fspick", libc.syscall(433, AT_FDCWD, b"/", 0)),
    ("open_tree", libc.syscall(428, AT_FDCWD, b"/", OPEN_TREE_CLONE | AT_RECURSIVE)),
    ("open_tree_attr", libc.syscall(467, AT_FDCWD, b"/", OPEN_TREE_CLONE, None, ctypes.c_size_t(0))),
):
    if result > 2:
        print("ESCAPED:", name, "gave a descriptor", os.fstat(result).st_mode, flush=True)
attributes = (ctypes.c_ulonglong * 4)(0, 1, 0, 0)  # clears MOUNT_ATTR_RDONLY
before = os.statvfs("/usr").f_flag & os.ST_RDONLY
libc.syscall(442, AT_FDCWD, b"/usr", AT_RECURSIVE, attributes, ctypes.c_size_t(32))
libc.syscall(442, AT_FDCWD, b"/", AT_RECURSIVE, attributes, ctypes.c_size_t(32))
if before and not os.statvfs("/usr").f_flag & os.ST_RDONLY:
    print("ESCAPED: /usr is no longer read-only", flush=True)
