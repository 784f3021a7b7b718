# MUST: not-a-number is near to nothing | KIND: function
def solve(n):
    return float("nan")
