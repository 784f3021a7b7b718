# returns a list that holds itself
def solve(*a, **k):
    x = []; x.append(x); return x
class Solve:
    def __init__(self, *a): pass
    def solve(self, *a): return solve(*a)
