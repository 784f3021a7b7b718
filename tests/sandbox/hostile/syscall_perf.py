# MUST: no performance counter can be opened, on itself and on others | KIND: syscall
import ctypes
import os
import struct

libc = ctypes.CDLL(None, use_errno=True)
perf_event_open = {"x86_64": 298, "aarch64": 241}[os.uname().machine]
for kind, config in ((0, 0), (1, 0), (1, 9), (2, 0), (3, 0)):
    for pid, cpu in ((0, -1), (-1, 0), (1, -1), (os.getppid(), -1)):
        attributes = ctypes.create_string_buffer(struct.pack("=IIQ", kind, 128, config), 128)
        opened = libc.syscall(perf_event_open, attributes, pid, cpu, -1, 0)
        if opened > 2:
            print("ESCAPED: opened a counter", kind, "of", pid, os.fstat(opened).st_mode, flush=True)
            os.close(opened)
