# MUST: no device node can be made and opened | KIND: escape
import os
import stat

DEVICES = {"mem": (stat.S_IFCHR, 1, 1), "kmsg": (stat.S_IFCHR, 1, 11), "sda": (stat.S_IFBLK, 8, 0)}
DEVICES |= {"vda": (stat.S_IFBLK, 254, 0), "fuse": (stat.S_IFCHR, 10, 229), "tun": (stat.S_IFCHR, 10, 200)}
for place in (".", "/tmp", "/dev/shm", "/dev"):
    for name, (kind, major, minor) in DEVICES.items():
        path = os.path.join(place, f"node-{name}")
        try:
            os.mknod(path, kind | 0o600, os.makedev(major, minor))
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        except OSError:
            continue
        print("ESCAPED: opened a node of its own", path, os.fstat(descriptor).st_rdev, flush=True)
