# MUST: mode and owner of a file outside cannot be changed, although it may be seen | KIND: escape
import ctypes
import json
import os
import stat
import sys

world = json.loads(sys.stdin.readline())
libc = ctypes.CDLL(None, use_errno=True)
AT_FDCWD, AT_EMPTY_PATH, FCHMODAT2 = -100, 0x1000, 452
for path in (
    world["canary"],
    os.path.dirname(world["canary"]),
    world["unix"],
    os.__file__,
    sys.base_prefix,
    "/usr",
):
    try:
        before = os.stat(path)
        by_name = os.open(path, os.O_PATH)
    except OSError:
        continue
    mode = stat.S_IMODE(before.st_mode) ^ 0o010
    for change in (
        lambda: os.chmod(path, mode),
        lambda: os.fchmod(os.open(path, os.O_RDONLY | os.O_NONBLOCK), mode),
        lambda: os.chmod(f"/proc/self/fd/{by_name}", mode),
        lambda: libc.syscall(FCHMODAT2, AT_FDCWD, path.encode(), mode, 0),
        lambda: libc.syscall(FCHMODAT2, by_name, b"", mode, AT_EMPTY_PATH),
        lambda: os.chown(path, -1, os.getgid()),
        lambda: os.chown(path, 1234, 1234),
    ):
        try:
            change()
        except OSError:
            continue
    after = os.stat(path)
    if (after.st_mode, after.st_uid, after.st_gid) != (before.st_mode, before.st_uid, before.st_gid):
        print(
            "ESCAPED: changed the mode or owner of", path, oct(before.st_mode), oct(after.st_mode), flush=True
        )
