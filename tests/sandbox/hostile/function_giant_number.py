# MUST: a number of many digits is a wrong one, soon | KIND: function
def solve(n):
    return 1 << (1 << 24)
