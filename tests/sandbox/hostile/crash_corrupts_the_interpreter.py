# MUST: an interpreter that overwrote itself dies alone | KIND: crash
import ctypes

for kind in (dict, tuple, str, type):
    ctypes.memset(id(kind) + 16, 0xFF, 256)
print({}, (), "")
