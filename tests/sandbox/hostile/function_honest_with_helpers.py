# MUST: a solution with imports, helpers and output of its own is judged right | KIND: honest
import functools
import itertools


@functools.lru_cache(maxsize=None)
def odd(position):
    return 2 * position + 1


def solve(n):
    print("adding", n, "odd numbers")
    return sum(itertools.islice(map(odd, itertools.count()), n))
