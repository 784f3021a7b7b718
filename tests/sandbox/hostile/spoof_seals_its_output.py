# MUST: an output that a program seals is read and replaced all the same | KIND: spoof
import fcntl
import os

F_ADD_SEALS = 1033
os.write(1, b"sealed\n")
for descriptor in (1, 2, 0):
    for seal in (2, 4, 8, 16, 1):  # shrink, grow, write, future write, and last the seals themselves
        try:
            fcntl.fcntl(descriptor, F_ADD_SEALS, seal)
        except OSError:
            continue
