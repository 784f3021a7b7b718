# MUST: a value too large to be handed over is a failure | KIND: function
def solve(n):
    return ["x" * (1 << 20)] * 4096
