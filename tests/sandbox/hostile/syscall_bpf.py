# MUST: bpf gives no descriptor | KIND: syscall
import ctypes
import os
import struct

libc = ctypes.CDLL(None, use_errno=True)
bpf = {"x86_64": 321, "aarch64": 280}[os.uname().machine]
MAP_CREATE, PROG_LOAD, BTF_LOAD = 0, 5, 18
for command in (MAP_CREATE, PROG_LOAD, BTF_LOAD):
    for kind in (1, 2, 27):
        attributes = ctypes.create_string_buffer(struct.pack("=IIII", kind, 4, 4, 1), 128)
        made = libc.syscall(bpf, command, attributes, 128)
        if made > 2:
            print("ESCAPED: bpf command", command, "gave a descriptor", os.fstat(made).st_mode, flush=True)
