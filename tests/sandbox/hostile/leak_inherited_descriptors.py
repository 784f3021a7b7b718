# MUST: a program starts with descriptors 0, 1 and 2 and no other | KIND: leak
import os
import stat

for descriptor in range(3, 4096):
    try:
        mode = os.fstat(descriptor).st_mode
    except OSError:
        continue
    own_source = False
    if stat.S_ISREG(mode):
        try:
            own_source = b"starts with descriptors 0, 1 and 2" in os.pread(descriptor, 4096, 0)
        except OSError:
            pass
    if not own_source:
        print("ESCAPED: descriptor", descriptor, "is open with mode", oct(mode), flush=True)
