# MUST: text that is no Python is a compile error | KIND: crash | ENDS: compile_error
def solve(n:
    return "ESCAPED
