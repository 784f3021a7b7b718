# MUST: System V segments are refused or counted, and never outlive their maker | KIND: resource
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
SIZE = 16 << 20
touched = 0
for _ in range(20):
    segment = libc.shmget(0, ctypes.c_size_t(SIZE), 0o1600)
    if segment < 0:
        break
    address = libc.shmat(segment, None, 0)
    if address in (None, ctypes.c_size_t(-1).value):
        break
    for page in range(0, SIZE, 4096):
        ctypes.memset(address + page, 1, 1)
    libc.shmdt(ctypes.c_void_p(address))
    touched += SIZE
    if touched > 192 << 20:
        print("ESCAPED:", touched, "bytes lie in System V segments", flush=True)
        break
