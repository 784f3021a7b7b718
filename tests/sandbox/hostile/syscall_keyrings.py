# MUST: the kernel keeps no key for a program, and the next one finds none | KIND: syscall
import ctypes
import os

x86 = os.uname().machine == "x86_64"
add_key, request_key, keyctl = (248, 249, 250) if x86 else (217, 218, 219)
SEARCH, READ, JOIN = 10, 11, 1
libc = ctypes.CDLL(None, use_errno=True)
for ring in (-1, -2, -3, -4, -5, -6, -7, -8):
    found = libc.syscall(keyctl, SEARCH, ring, b"user", b"hostile-left-over", 0)
    if found > 0:
        print("ESCAPED: found the predecessor's key", found, flush=True)
    made = libc.syscall(add_key, b"user", b"hostile-left-over", b"secret", ctypes.c_size_t(6), ring)
    text = ctypes.create_string_buffer(16)
    if made > 0 and libc.syscall(keyctl, READ, made, text, ctypes.c_size_t(16)) == 6:
        print("ESCAPED: the kernel keeps a key in ring", ring, flush=True)
if libc.syscall(request_key, b"user", b"hostile-left-over", None, -4) > 0:
    print("ESCAPED: a key could be asked for", flush=True)
if libc.syscall(keyctl, JOIN, b"hostile-session") > 0:
    print("ESCAPED: joined a session ring", flush=True)
