# MUST: no byte can be typed into a terminal of the host's | KIND: syscall
import ctypes
import os

TIOCSTI, TIOCLINUX, TIOCCONS, TIOCSCTTY = 0x5412, 0x541C, 0x541D, 0x540E
libc = ctypes.CDLL(None, use_errno=True)
descriptors = [0, 1, 2]
for path in ("/dev/tty", "/dev/console", "/dev/tty0", "/dev/pts/0", "/dev/pts/1"):
    try:
        descriptors.append(os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK))
    except OSError:
        continue
high_bits = 0xDEAD << 32  # which only the upper half of a register sees
for descriptor in descriptors:
    if not os.isatty(descriptor):
        continue
    for name, request in (("TIOCSTI", TIOCSTI), ("TIOCLINUX", TIOCLINUX), ("TIOCCONS", TIOCCONS)):
        for bits in (0, high_bits):
            if libc.ioctl(descriptor, ctypes.c_ulong(request | bits), b"\x03") == 0:
                print("ESCAPED:", name, "on", descriptor, flush=True)
    libc.ioctl(descriptor, ctypes.c_ulong(TIOCSCTTY), 1)
