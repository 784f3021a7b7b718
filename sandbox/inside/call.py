"""Function mode: call one function of a program and tell what it returned, by exact type.

The arguments come in on standard input as `[argument, ...]` and the value goes out on standard output,
both in the coding below; what the program prints goes to standard error. What the value should be
never enters this process, so that to forge a report is no more than to return a value.

Iterators are told by what they yield, marked as such.

A first line before the arguments is repeated before the value. Whoever makes one up for each run tells
a report from what a program wrote by itself before it ended early.
"""

import os
import sys

TYPE_CHECKING = False  # of `typing`, which costs a start 3 ms
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MAX_DEPTH = 100
MAX_NODES = 1_000_000
MANY_KEYS = 100
PRELUDE = (
    "from typing import *\n"
    "import bisect, collections, functools, heapq, itertools, math, operator, random, re, string\n"
    "from bisect import bisect_left, bisect_right\n"
    "from collections import Counter, OrderedDict, defaultdict, deque\n"
    "from functools import cache, lru_cache, reduce\n"
    "from heapq import heapify, heappop, heappush\n"
    "from itertools import accumulate, combinations, permutations, product\n"
)
"""What contest sites import before a solution."""

_PLAIN = (bool, str, type(None))
_WRITERS: "dict[type, Callable[[Any], str]]" = {int: hex, float: repr, complex: repr, bytes: bytes.hex}
_ROWS = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}


class NotPlain(Exception):
    """A value holds something else than plain data."""


def encode(value: object, other: "Callable[[Any], object] | None" = None) -> str:
    """Plain data as JSON with the exact type of each part.

    Args:
        value: what to code.
        other: what JSON has for a part that is not plain, where there may be such parts.

    Raises:
        NotPlain: it has a part of another type, a subclass of a plain one included, or is too large.
    """
    import json  # which the bare profile does without

    return json.dumps(_tagged(value, 0, [0], other))


def _tagged(  # type: ignore[no-untyped-def]
    value: object, depth: int, nodes: "list[int]", other
) -> "list[object]":
    nodes[0] += 1
    if depth > MAX_DEPTH or nodes[0] > MAX_NODES:
        raise NotPlain("it is too deep or too large")
    kind = type(value)
    if kind.__module__ in ("collections", "numpy"):
        value = _plainer(value)
        kind = type(value)
    if kind in _PLAIN:
        return [kind.__name__, value]
    if kind in _WRITERS:
        return [kind.__name__, _WRITERS[kind](value)]
    if kind.__name__ in _ROWS and kind is _ROWS[kind.__name__]:
        return [kind.__name__, [_tagged(item, depth + 1, nodes, other) for item in value]]  # type: ignore[attr-defined]
    if kind is dict:
        pairs = value.items()  # type: ignore[attr-defined]
        return ["dict", [[_tagged(each, depth + 1, nodes, other) for each in pair] for pair in pairs]]
    if other is not None:
        return ["other", other(value)]
    raise NotPlain(f"it holds a {kind.__name__}")


def _plainer(value: "Any") -> object:
    """What Python takes for equal to a library's dict or number, and is plain.

    A type may call itself a library's: then what it says here is its value, and no more than a value.
    """
    if isinstance(value, dict):
        return dict(dict.items(value))
    return value.item() if getattr(value, "shape", None) == () else value


def _walked(value: "Any") -> str:
    """An iterator, told by what it yields."""
    if not hasattr(value, "__next__") and type(value) is not range:
        raise NotPlain(f"it holds a {type(value).__name__}")
    items = []
    for item in value:
        items.append(item)
        if len(items) > MAX_NODES:
            raise NotPlain("it has no end")
    return encode(items, _walked)


def decode(text: "str | bytes", other: "Callable[[Any], object] | None" = None) -> object:
    """The data that `encode` made a text of.

    Args:
        text: the coding.
        other: reads what JSON has for a part that is not plain.

    Raises:
        ValueError: the text is no such coding, or its numbers are too long.
    """
    import json

    try:
        return _untagged(json.loads(text), other)
    except (TypeError, KeyError, IndexError, RecursionError, AttributeError) as error:
        raise ValueError(f"no coded value: {error}") from None


_READERS: "dict[str, Callable[[Any], object]]" = {
    "int": lambda content: int(content, 16),
    "float": float,
    "complex": complex,
    "bytes": bytes.fromhex,
}


def _untagged(tagged: "Any", other: "Any") -> object:
    kind, content = tagged
    if kind in _ROWS:
        items = [_untagged(item, other) for item in content]
        return _ROWS[kind](items if kind in ("list", "tuple") else _spread(items))
    if kind == "dict":
        keys, values = ([_untagged(pair[place], other) for pair in content] for place in (0, 1))
        return dict(zip(_spread(keys), values, strict=True))
    if kind == "other" and other is not None:
        return other(content)
    if kind in _READERS:
        return _READERS[kind](content)
    if kind not in ("NoneType", "bool", "str") or type(content).__name__ != kind:
        raise ValueError(f"no tag {kind!r}, or not for this")
    return content


def _spread(keys: "list[object]") -> "list[object]":
    """The same keys, unless so many share a hash that a table of them would take for ever to fill."""
    if len(keys) > MANY_KEYS and len({hash(key) for key in keys}) * MANY_KEYS < len(set(map(repr, keys))):
        raise ValueError("its keys are chosen to collide")
    return keys


def answer(code: object, entry_point: str) -> None:
    """Call a program's function with the arguments on standard input, write what it returned, and end."""
    content = b""
    while chunk := os.read(0, 1 << 20):
        content += chunk
    report = os.dup(1)
    os.dup2(2, 1)
    told = value(code, entry_point, content).encode()
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        pass  # what it printed is lost, and of no account
    while told:
        told = told[os.write(report, told) :]
    os._exit(0)


def value(code: object, entry_point: str, arguments: bytes) -> str:
    """Run a program's code, call its `entry_point` once, and give what it returned, coded and marked.

    A method of that name of a class `Solution` is taken where there is no such function.
    """
    mark, _, coded = arguments.rpartition(b"\n")
    decoded = decode(coded)
    sys.setrecursionlimit(20_000)
    namespace: dict = {"__name__": "solution", "__builtins__": __builtins__}  # type: ignore[type-arg]
    exec(PRELUDE, namespace)  # noqa: S102 -- the sandbox's trade
    exec(code, namespace)  # type: ignore[arg-type]  # noqa: S102
    function = namespace.get(entry_point)
    if function is None and "Solution" in namespace:
        function = getattr(namespace["Solution"](), entry_point)
    if function is None:
        raise NameError(f"the program defines no {entry_point!r}")
    told = encode(function(*decoded), _walked)  # type: ignore[misc]
    return mark.decode() + "\n" + told if mark else told
