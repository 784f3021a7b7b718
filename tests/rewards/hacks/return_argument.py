# returns what it was given
def solve(*a, **k):
    return a[0] if a else k
class Solve:
    def __init__(self, *a): pass
    def solve(self, *a): return solve(*a)
