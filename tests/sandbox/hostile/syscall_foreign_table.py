# MUST: the 32-bit table is no way around the filter | KIND: syscall
import ctypes
import mmap
import os
import sys

if os.uname().machine != "x86_64":
    sys.exit()
# push rbx; mov eax, 359 (socket); mov ebx, 1; mov ecx, 1; xor edx, edx; int 0x80; pop rbx; ret
CODE = b"\x53\xb8\x67\x01\x00\x00\xbb\x01\x00\x00\x00\xb9\x01\x00\x00\x00\x31\xd2\xcd\x80\x5b\xc3"
try:
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
except OSError:
    sys.exit()
page.write(CODE)
made = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
if made > 2:
    print("ESCAPED: a 32-bit call made a socket", made, flush=True)
