# MUST: a stack that overflows in the solution is a failure | KIND: function
import sys

sys.setrecursionlimit(1 << 30)


class Deep:
    def __repr__(self):
        return repr(self)


def solve(n):
    return repr(Deep())
