# MUST: infinity is near to nothing | KIND: function
def solve(n):
    return float("inf") if n else float("-inf")
