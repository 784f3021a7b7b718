# MUST: output that is cut, moved and rewritten in place is what lies there at the end | KIND: spoof
import os

os.write(1, b"x" * 5000)
for change in (
    lambda: os.ftruncate(1, 0),
    lambda: os.lseek(1, 0, os.SEEK_SET),
    lambda: os.pwrite(1, b"in the middle", 2500),
    lambda: os.lseek(1, -10, os.SEEK_END),
    lambda: os.ftruncate(1, 7),
    lambda: os.lseek(1, 4000, os.SEEK_SET),
):
    try:
        change()
    except OSError:
        continue
os.write(1, b"the end\n")
