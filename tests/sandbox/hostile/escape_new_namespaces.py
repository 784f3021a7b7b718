# MUST: no program gets capabilities from a user namespace of its own | KIND: escape
import ctypes
import os

KINDS = (0x10000000, 0x10020000, 0x20000, 0x20000000, 0x40000000, 0x8000000, 0x4000000, 0x2000000, 0x80)
libc = ctypes.CDLL(None, use_errno=True)


def effective():
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)()
    return data[0] | data[3] if libc.capget(header, data) == 0 else 0


for flags in KINDS:
    before = os.getuid()
    libc.unshare(flags)
    if effective() or os.getuid() != before:
        print("ESCAPED: unshare", hex(flags), "gave capabilities", hex(effective()), flush=True)
        break
