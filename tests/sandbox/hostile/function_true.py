# MUST: True is not taken for a right number | KIND: function
def solve(n):
    return True
