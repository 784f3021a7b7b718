"""Adds up and multiplies out formulas that hold matrices, entry by entry.

Not covered: powers and inverses.
"""

from typing import Final

from rewards.mathematics.node import Node, Unreadable

MAX_ENTRIES: Final = 400


def computed(node: Node) -> Node:
    """The matrix that a formula of matrices and factors is. Raises `Unreadable` where it is none."""
    if not node.has("matrix") or node.kind in {"bracket", "listing", "set", "relation"}:
        return node
    if node.kind == "matrix":
        if sum(len(row.parts) for row in node.parts) > MAX_ENTRIES or len(set(map(_width, node.parts))) > 1:
            raise Unreadable("no matrix of a size")
        return node
    parts = [computed(part) for part in node.parts]
    if node.kind == "negative":
        return _scaled(Node("negative", ()), parts[0])
    if node.kind == "sum" and all(part.kind == "matrix" for part in parts):
        total = parts[0]
        for part in parts[1:]:
            total = _added(total, part)
        return total
    if node.kind == "product" and sum(part.kind == "matrix" for part in parts) == 1:
        factors = tuple(part for part in parts if part.kind != "matrix")
        return _scaled(Node("product", factors), next(part for part in parts if part.kind == "matrix"))
    raise Unreadable("matrices are added and scaled, no more")


def _width(row: Node) -> int:
    return len(row.parts)


def _scaled(factor: Node, matrix: Node) -> Node:
    rows = tuple(
        Node("row", tuple(Node(factor.kind, (*factor.parts, entry)) for entry in row.parts))
        for row in matrix.parts
    )
    return Node("matrix", rows)


def _added(one: Node, other: Node) -> Node:
    if [_width(row) for row in one.parts] != [_width(row) for row in other.parts]:
        raise Unreadable("matrices of different sizes")
    rows = tuple(
        Node("row", tuple(Node("sum", pair) for pair in zip(first.parts, second.parts, strict=True)))
        for first, second in zip(one.parts, other.parts, strict=True)
    )
    return Node("matrix", rows)
