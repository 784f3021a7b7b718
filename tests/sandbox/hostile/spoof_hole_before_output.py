# MUST: a hole before the output is part of the output | KIND: spoof
import os

try:
    os.lseek(1, 1000, os.SEEK_SET)
    os.lseek(2, 1000, os.SEEK_SET)
except OSError:
    pass
os.write(1, b"behind the hole\n")
os.write(2, b"behind the hole\n")
