# MUST: neither ports nor descriptor tables of the processor can be had | KIND: syscall
import ctypes
import os
import struct
import sys

if os.uname().machine != "x86_64":
    sys.exit()
libc = ctypes.CDLL(None, use_errno=True)
IOPL, IOPERM, MODIFY_LDT = 172, 173, 154
if libc.syscall(IOPL, 3) == 0:
    print("ESCAPED: has all ports by iopl", flush=True)
if libc.syscall(IOPERM, ctypes.c_ulong(0x80), ctypes.c_ulong(1), 1) == 0:
    print("ESCAPED: has a port by ioperm", flush=True)
entry = ctypes.create_string_buffer(struct.pack("=IIII", 0, 0, 0xFFFFF, 0x51), 16)
if libc.syscall(MODIFY_LDT, 1, entry, ctypes.c_ulong(16)) == 0:
    print("ESCAPED: wrote a descriptor table", flush=True)
