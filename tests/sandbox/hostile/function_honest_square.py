# MUST: a plain solution is judged right | KIND: honest
def solve(n):
    return n * n
