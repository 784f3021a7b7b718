# MUST: a higher limit of recursion works in the main thread too | KIND: honest | ENDS: ok
import functools
import sys

sys.setrecursionlimit(100_000)


@functools.lru_cache(maxsize=None)
def ways(n):
    return 1 if n < 2 else (ways(n - 1) + ways(n - 2)) % 1_000_000_007


def depth(n):
    return n if n == 0 else 1 + depth(n - 1)


if ways(4000) == ways(3999) + ways(3998) - 1_000_000_007 * (ways(3999) + ways(3998) >= 1_000_000_007):
    if depth(20_000) == 20_000:
        print("HONEST OK")
