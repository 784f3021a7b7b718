# MUST: a Landlock domain that a program adds loosens nothing | KIND: syscall
import ctypes
import json
import os
import struct
import sys

world = json.loads(sys.stdin.readline())
CREATE, ADD, RESTRICT, READING = 444, 445, 446, 0x0C  # READ_FILE | READ_DIR
libc = ctypes.CDLL(None, use_errno=True)
attributes = ctypes.create_string_buffer(struct.pack("=Q", READING), 8)
ruleset = libc.syscall(CREATE, attributes, ctypes.c_size_t(8), 0)
if ruleset > 2:
    root = os.open("/", os.O_PATH | os.O_DIRECTORY)
    libc.syscall(ADD, ruleset, 1, ctypes.create_string_buffer(struct.pack("=Qi", READING, root), 12), 0)
    libc.prctl(38, 1, 0, 0, 0)
    libc.syscall(RESTRICT, ruleset, 0)
try:
    with open(world["canary"], "rb") as file:
        print("ESCAPED: read the canary", file.read(7), flush=True)
except OSError:
    pass
