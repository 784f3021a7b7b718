# MUST: a corrupted heap ends the program only | KIND: crash | ENDS: signal
import ctypes

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
block = libc.malloc(ctypes.c_size_t(4096))
libc.free(ctypes.c_void_p(block + 24))
libc.free(ctypes.c_void_p(block))
libc.free(ctypes.c_void_p(block))
