# returns itself
def solve(*a, **k):
    return solve
class Solve:
    def __init__(self, *a): pass
    def solve(self, *a): return solve(*a)
