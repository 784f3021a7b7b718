# MUST: nothing can be mounted, remounted or unmounted | KIND: escape
import ctypes
import os

MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC, MNT_DETACH = 1, 32, 4096, 16384, 2
libc = ctypes.CDLL(None, use_errno=True)


def devices():
    found = []
    for path in ("/", "/usr", "/proc", "/tmp", "/dev", "/sys"):
        try:
            status = os.statvfs(path)
            found.append((path, os.stat(path).st_dev, os.stat(path).st_ino, status.f_flag))
        except OSError:
            found.append((path, None, None, None))
    return found


before = devices()
for target in (b"/usr", b"/tmp", b"/proc", b"/"):
    libc.mount(b"none", target, None, MS_REMOUNT | MS_BIND, None)
    libc.mount(b"none", target, b"tmpfs", 0, None)
    libc.mount(b"/", target, None, MS_BIND | MS_REC, None)
    libc.mount(b"proc", target, b"proc", 0, None)
    libc.mount(b"none", target, b"overlay", 0, b"lowerdir=/,upperdir=/tmp,workdir=/dev/shm")
for target in (b"/proc", b"/tmp", b"/dev/shm"):
    libc.umount2(target, MNT_DETACH)
if devices() != before:
    print("ESCAPED: mounts changed", set(devices()) - set(before), flush=True)
