# MUST: calls that are not yet thought of are not answered | KIND: syscall
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
for number in (*range(500, 1001), 0x7FFFFFFF, -2):
    result = libc.syscall(ctypes.c_long(number), 0, 0, 0, 0, 0, 0)
    if result != -1:
        print("ESCAPED: call", number, "was answered by", result, flush=True)
