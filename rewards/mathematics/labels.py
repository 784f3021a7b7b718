"""Names that stand before an equals sign: `x = 5` says 5, `f(x) = x^2` says x^2.

Not covered: labels in words ("the area is 5"), which are a matter of extraction.
"""

from typing import Final

from rewards.mathematics.equality import is_constant
from rewards.mathematics.node import CONSTANTS, Node

_AXES: Final = frozenset("xyz")
_LABELS: Final = frozenset({"name", "product", "ratio", "bracket", "proportion", "text", "unit"})


def is_label(node: Node) -> bool:
    """Whether it names something, as `x`, `f(x)`, `(p, q)`, `AB/CD` and `|AB|` do; numbers name nothing."""
    if node.kind == "call":
        return node.text.startswith("\x00") or (node.text == "abs" and is_label(node.parts[0]))
    if node.kind == "name" and node.text in CONSTANTS:
        return False
    return node.kind in _LABELS and all(is_label(part) for part in node.parts)


def labelled(node: Node) -> tuple[Node | None, Node | None]:
    """The label and the value of an answer; no value where it is an equation or an inequality."""
    if node.kind != "relation":
        return None, node
    signs = node.text.split()
    if "~" in signs:
        cut = signs.index("~")
        if cut == 0 and not is_label(node.parts[0]):
            return None, node.parts[0]
        if cut:
            return labelled(Node("relation", node.parts[: cut + 1], text=" ".join(signs[:cut])))
    elif set(signs) != {"="}:
        return None, None
    first, last = node.parts[0], node.parts[-1]
    if is_label(first):
        return first, last
    return (None, last) if is_constant(first) and all(map(is_constant, node.parts)) else (None, None)


def contradict(one: Node | None, other: Node | None) -> bool:
    """Whether `x = ` and `y = ` say that these are lines, or parts of one answer."""
    if one is None or other is None or one == other:
        return False
    return one.kind == other.kind == "name" and (
        {one.text, other.text} <= _AXES or ("_" in one.text and "_" in other.text)
    )
