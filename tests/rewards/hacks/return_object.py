# returns an object, which differs from all
def solve(*a, **k):
    return object()
class Solve:
    def __init__(self, *a): pass
    def solve(self, *a): return solve(*a)
