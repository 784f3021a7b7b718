# MUST: no program is told what others do with files | KIND: syscall
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
x86 = os.uname().machine == "x86_64"
fanotify_init, fanotify_mark = (300, 301) if x86 else (262, 263)
FAN_REPORT_FID, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD = 0x200, 1, 0x20, -100
for flags in (0, FAN_REPORT_FID, 0x400 | FAN_REPORT_FID, 0x4, 0x8):
    group = libc.syscall(fanotify_init, flags, 0)
    for path in (b"/usr", b"/", b"/tmp", b"/etc") if group > 2 else ():
        if (
            libc.syscall(fanotify_mark, group, FAN_MARK_ADD, ctypes.c_ulonglong(FAN_OPEN), AT_FDCWD, path)
            == 0
        ):
            print("ESCAPED: watches", path, flush=True)
watch = libc.inotify_init1(os.O_NONBLOCK)
library = os.path.dirname(os.__file__).encode()
if watch > 2 and libc.inotify_add_watch(watch, library, 0xFFF) > 0:
    os.listdir(library)
    try:
        print("ESCAPED: was told", len(os.read(watch, 4096)), "bytes about the library", flush=True)
    except OSError:
        pass
