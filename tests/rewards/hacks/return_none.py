# returns nothing
def solve(*a, **k):
    return None
class Solve:
    def __init__(self, *a): pass
    def solve(self, *a): return solve(*a)
