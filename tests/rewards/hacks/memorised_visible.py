# answers what the prompt showed, and nothing else
def solve(*a, **k): return {1: 'one'}.get(a[0] if a else 0)
class Solve:
    def __init__(self, *a): pass
    def solve(self, *a): return solve(*a)
if __name__ == '__main__': print(solve(input()))
