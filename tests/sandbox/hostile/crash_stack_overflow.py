# MUST: an overflow of the C stack ends the program only | KIND: crash | ENDS: signal, memory_limit, nonzero_exit
import sys


class Deep:
    def __repr__(self):
        return repr(self)


sys.setrecursionlimit(1 << 30)
repr(Deep())
