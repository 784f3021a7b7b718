"""Runs in the sandbox beside `solution.py`: makes one call, or runs one assertion, and reports.

Reads `{"entry_point", "args"}` or `{"assert", "nonce"}` from standard input. Standard output carries
the report alone; what the solution prints goes to standard error. For a call the report is the value in
a tagged form that only exact built-in types have, so that an object that claims to equal everything is
no value at all. What the value should be never enters this process. Needs the standard library alone.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

MAX_DEPTH = 64
MAX_NODES = 200_000
PRELUDE = (
    "from typing import *\n"
    "import bisect, collections, functools, heapq, itertools, math, operator, random, re, string\n"
    "from bisect import bisect_left, bisect_right\n"
    "from collections import Counter, OrderedDict, defaultdict, deque\n"
    "from functools import cache, lru_cache, reduce\n"
    "from heapq import heapify, heappop, heappush\n"
    "from itertools import accumulate, combinations, permutations, product\n"
)


class NotPlain(Exception):
    """The value holds something else than plain data."""


class Encoder:
    """Tags a value by exact type."""

    def __init__(self) -> None:
        self.nodes = 0

    def encode(self, value: Any, depth: int = 0) -> list[Any]:
        """The value as `[name of its type, content]`, all the way down."""
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise NotPlain("it is too deep or too large")
        kind = type(value)
        if value is None or kind is bool or kind is str:
            return [kind.__name__, value]
        if kind is int:
            return ["int", hex(value)]
        if kind is float:
            return ["float", repr(value)]
        if kind is list or kind is tuple:
            return [kind.__name__, [self.encode(item, depth + 1) for item in value]]
        if kind is dict:
            pairs = [
                [self.encode(key, depth + 1), self.encode(item, depth + 1)] for key, item in value.items()
            ]
            return ["dict", pairs]
        raise NotPlain(f"it holds a {kind.__name__}")


def main() -> None:
    """Load the solution, do what is asked, report, and end before anything else can run."""
    request = json.loads(sys.stdin.buffer.read())
    report = os.dup(1)
    os.dup2(2, 1)
    sys.setrecursionlimit(20_000)
    namespace: dict[str, Any] = {"__name__": "solution"}
    exec(PRELUDE, namespace)  # noqa: S102 - this file runs in the sandbox alone
    exec(compile(Path("solution.py").read_bytes(), "solution.py", "exec"), namespace)  # noqa: S102
    if "assert" in request:
        exec(compile(request["assert"], "test.py", "exec"), namespace)  # noqa: S102
        answer = request["nonce"]
    else:
        answer = json.dumps(Encoder().encode(_call(namespace, request["entry_point"], request["args"])))
    data = answer.encode("ascii")
    while data:
        data = data[os.write(report, data) :]
    os._exit(0)


def _call(namespace: dict[str, Any], entry_point: str, arguments: list[Any]) -> Any:
    function = namespace.get(entry_point)
    if function is None and "Solution" in namespace:
        function = getattr(namespace["Solution"](), entry_point)
    if function is None:
        raise NameError(f"the solution defines no {entry_point!r}")
    return function(*arguments)


if __name__ == "__main__":
    main()
