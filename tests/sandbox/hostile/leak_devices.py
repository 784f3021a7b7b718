# MUST: no device but null, zero, full, random and urandom can be opened | KIND: leak
import os

read_only = ["mem", "kmem", "port", "kmsg", "sda", "vda", "nvme0n1", "dm-0", "loop0", "input/event0", "fb0"]
both_ways = [
    "kvm",
    "fuse",
    "net/tun",
    "tty",
    "console",
    "tty0",
    "loop-control",
    "mapper/control",
    "vhost-net",
]
for flags, names in ((os.O_RDONLY, read_only), (os.O_RDWR, both_ways)):
    for name in names:
        try:
            descriptor = os.open(f"/dev/{name}", flags | os.O_NONBLOCK | os.O_NOCTTY)
        except OSError:
            continue
        print("ESCAPED: opened /dev/" + name, os.fstat(descriptor).st_rdev, flush=True)
for path in ("/proc/kcore", "/proc/kmsg", "/proc/kpagecount", "/proc/1/mem", "/proc/sched_debug"):
    try:
        with open(path, "rb", buffering=0) as file:
            if file.read(8):
                print("ESCAPED: read", path, flush=True)
    except OSError:
        continue
