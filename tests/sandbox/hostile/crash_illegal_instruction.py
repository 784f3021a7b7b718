# MUST: an illegal instruction ends the program only | KIND: crash | ENDS: signal, nonzero_exit
import ctypes
import mmap
import os

page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write({"x86_64": b"\x0f\x0b", "aarch64": b"\0\0\0\0"}[os.uname().machine])
ctypes.CFUNCTYPE(None)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
