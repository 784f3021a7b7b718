# returns what is nested too deep
def solve(*a, **k):
    x = []
    for _ in range(100000): x = [x]
    return x
class Solve:
    def __init__(self, *a): pass
    def solve(self, *a): return solve(*a)
