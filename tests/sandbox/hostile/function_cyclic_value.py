# MUST: a value that contains itself is a failure | KIND: function
def solve(n):
    ring = []
    table = {"ring": ring}
    ring.append(table)
    return ring
