"""Whether an answer says what the reference says, kind by kind.

- A name before an equals sign is a label: `x = 5` is 5, `(x, y) = (1, 2)` is (1, 2). Two labels must not
  contradict each other. The last part of a chain of equal numbers is its value.
- Tuples and intervals are ordered and their brackets count; sets, and lists without brackets, are not.
- `+-` stands for two values. Equations are equal where they have the same solutions by a constant factor,
  inequalities and intervals where they hold the same numbers.
- A percentage is its hundredth, and where only one side has the sign also the bare number. Degrees are bare
  numbers or radians. A unit that one side lacks is forgiven, one that contradicts is not.

Not covered: equations that are equal only as sets (`x^2 = 0` and `x = 0`).
"""

from collections.abc import Callable, Sequence
from typing import Final

from mpmath import mp

from rewards.mathematics.equality import agree, at_points, same_value
from rewards.mathematics.labels import contradict, is_label, labelled
from rewards.mathematics.matrices import computed
from rewards.mathematics.node import Node, Unreadable, number
from rewards.mathematics.regions import region, same_region
from rewards.mathematics.words import DEGREE_WORDS, PERCENT_WORDS, same_unit, unit_of

_COLLECTIONS: Final = frozenset({"listing", "set", "group"})
_REGIONS: Final = frozenset({"union", "difference", "intersection", "everything", "relation"})
MAX_ITEMS: Final = 200


def same(gold: Node, answer: Node) -> bool:
    """Whether the answer equals the reference.

    Raises:
        TooLarge: a number in one of them cannot be had within bounds.
        Unreadable: they cannot be compared.
    """
    gold_label, gold_value = labelled(gold)
    label, value = labelled(answer)
    if gold_value is None or value is None:
        return _same_relation(gold, answer)
    if contradict(gold_label, label):
        return False
    return _same_value(_settled(gold_value), _settled(value))


def _settled(node: Node) -> Node:
    """With matrices added up, and units in words read as what they say."""
    if node.kind == "unit":
        words = node.text.casefold().strip(" .")
        if words in PERCENT_WORDS:
            return Node("percent", node.parts)
        if words in DEGREE_WORDS:
            return Node("degree", node.parts)
    if node.kind == "group" and len(node.parts) == 1:
        return _settled(node.parts[0])
    return computed(node) if node.has("matrix") else node


def _same_value(gold: Node, answer: Node) -> bool:
    if gold == answer:
        return True
    if gold.kind in _REGIONS or answer.kind in _REGIONS:
        return _share_letters(gold, answer) and same_region(region(gold), region(answer))
    if (
        gold.kind in _COLLECTIONS
        or answer.kind in _COLLECTIONS
        or gold.has("plusminus")
        or answer.has("plusminus")
    ):
        return _same_collection(gold, answer)
    if gold.kind == "text" or answer.kind == "text" or _is_letter(gold) or _is_letter(answer):
        return _same_words(gold, answer)
    rule = _BY_KIND.get(gold.kind) or _BY_KIND.get(answer.kind)
    if rule is not None:
        return rule(gold, answer)
    return _same_formula(gold, answer)


def _same_collection(gold: Node, answer: Node) -> bool:
    if "bracket" in {gold.kind, answer.kind}:
        other = answer if gold.kind == "bracket" else gold
        return other.kind in {"group", "listing"} and _in_order(gold.parts, answer.parts)
    wanted, given = _members(gold), _members(answer)
    if len(wanted) != len(given):
        wanted, given = _distinct(wanted), _distinct(given)
    if len(wanted) != len(given):
        return False
    left = list(given)
    for item in wanted:
        match = next((place for place, other in enumerate(left) if _comparable(item, other)), None)
        if match is None:
            return False
        del left[match]
    return True


def _comparable(gold: Node, answer: Node) -> bool:
    try:
        return same(gold, answer)
    except Unreadable:
        return False


def _distinct(items: Sequence[Node]) -> list[Node]:
    kept: list[Node] = []
    for item in items:
        if not any(_comparable(item, other) for other in kept):
            kept.append(item)
    return kept


def _members(node: Node) -> list[Node]:
    """What a list holds, with both values of each `+-`."""
    parts = node.parts if node.kind in _COLLECTIONS else (node,)
    members = [member for part in parts for member in _both_signs(part)]
    if len(members) > MAX_ITEMS:
        raise Unreadable("too many items")
    return members


def _both_signs(node: Node) -> list[Node]:
    if not node.has("plusminus"):
        return [node]
    if node.kind == "relation":
        return [
            Node("relation", (*node.parts[:-1], value), text=node.text)
            for value in _both_signs(node.parts[-1])
        ]
    return [_signed(node, upper=True), _signed(node, upper=False)]


def _signed(node: Node, *, upper: bool) -> Node:
    """With every `+-` read by its upper or by its lower sign."""
    parts = tuple(_signed(part, upper=upper) for part in node.parts)
    if node.kind != "plusminus":
        return Node(node.kind, parts, node.text, node.value)
    added = parts[1] if (node.text == "+") == upper else Node("negative", (parts[1],))
    return added if parts[0] == number(0) else Node("sum", (parts[0], added))


def _in_order(gold: Sequence[Node], answer: Sequence[Node]) -> bool:
    return len(gold) == len(answer) <= MAX_ITEMS and all(
        _comparable(one, other) for one, other in zip(gold, answer, strict=True)
    )


def _same_bracket(gold: Node, answer: Node) -> bool:
    if gold.kind == answer.kind:
        return gold.text == answer.text and _in_order(gold.parts, answer.parts)
    pair, other = (gold, answer) if gold.kind == "bracket" else (answer, gold)
    column = [row.parts[0] for row in other.parts if len(row.parts) == 1]
    return other.kind == "matrix" and len(column) == len(other.parts) and _in_order(pair.parts, column)


def _same_matrix(gold: Node, answer: Node) -> bool:
    if gold.kind != answer.kind:
        return False
    shapes = [[len(row.parts) for row in node.parts] for node in (gold, answer)]
    return shapes[0] == shapes[1] and all(
        _in_order(one.parts, other.parts) for one, other in zip(gold.parts, answer.parts, strict=True)
    )


def _same_proportion(gold: Node, answer: Node) -> bool:
    """`2:4` is `1:2` and one half."""
    if _is_time(gold) or _is_time(answer):
        return gold.kind == answer.kind and _in_order(gold.parts, answer.parts)
    one, other = _ratios(gold), _ratios(answer)
    return len(one) == len(other) and all(same_value(*pair) for pair in zip(one, other, strict=True))


def _is_time(node: Node) -> bool:
    """Whether it is a time of day, or a score: `12:00`."""
    return node.kind == "proportion" and any(part.text.startswith("0") for part in node.parts)


def _ratios(node: Node) -> list[Node]:
    if node.kind != "proportion":
        return [node]
    parts = node.parts[1:] if len(node.parts) > 2 and is_label(node.parts[0]) else node.parts
    return [Node("ratio", (parts[0], part)) for part in parts[1:]]


def _same_based(gold: Node, answer: Node) -> bool:
    """Digits alike and bases alike; a base that the answer leaves out is the reference's."""
    digits, base = gold.parts if gold.kind == "based" else (gold, None)
    given, given_base = answer.parts if answer.kind == "based" else (answer, None)
    if base is not None and given_base is not None and base.value != given_base.value:
        return False
    return digits.kind == given.kind == "number" and digits.value == given.value


def _is_letter(node: Node) -> bool:
    return node.kind == "name" and len(node.text) == 1


def _same_words(gold: Node, answer: Node) -> bool:
    one, other = _spelled(gold), _spelled(answer)
    return one is not None and one == other


def _spelled(node: Node) -> str | None:
    """Letters and words as they are read aloud; None where there is anything else."""
    if node.kind in {"text", "name"}:
        return "".join(node.text.casefold().split()).strip("().:")
    if node.kind in {"product", "unit"}:
        parts = [_spelled(part) for part in node.parts]
        words = "".join(part for part in parts if part is not None)
        return words + "".join(node.text.casefold().split()) if None not in parts else None
    return None


def _same_formula(gold: Node, answer: Node) -> bool:
    gold, answer = _with_symbol(gold, answer), _with_symbol(answer, gold)
    if gold.kind == answer.kind == "unit" and not same_unit(gold.text, answer.text):
        return False
    return any(same_value(one, other) for one, other in _alternatives(gold, answer))


def _with_symbol(node: Node, other: Node) -> Node:
    """`4h` beside `4 hours` is four hours and no product."""
    if other.kind == "unit" and node.kind == "product" and len(node.parts) == 2:
        amount, symbol = node.parts
        unit = unit_of(symbol.text) if (amount.kind, symbol.kind) == ("number", "name") else None
        if unit is not None and unit == unit_of(other.text):
            return Node("unit", (amount,), text=other.text)
    return node


def _alternatives(gold: Node, answer: Node) -> list[tuple[Node, Node]]:
    """The pairs of formulas of which one must be equal; see the module for percentages and degrees."""
    pairs = [(gold, answer)]
    if (gold.kind == "percent") != (answer.kind == "percent") or (gold.kind == "degree") != (
        answer.kind == "degree"
    ):
        pairs.append((_bare(gold), _bare(answer)))
    return pairs


def _bare(node: Node) -> Node:
    return node.parts[0] if node.kind in {"percent", "degree"} else node


def _same_relation(gold: Node, answer: Node) -> bool:
    if gold == answer:
        return True
    if gold.kind == answer.kind == "relation" and len(gold.parts) == len(answer.parts) == 2:
        found = _multiples(gold, answer)
        if found is not None:
            return found
    if "=" in gold.text.split() or "=" in answer.text.split():
        return False
    return _share_letters(gold, answer) and same_region(region(gold), region(answer))


def _share_letters(gold: Node, answer: Node) -> bool:
    """Whether they are not about different letters."""
    one, other = gold.names(), answer.names()
    return not one or not other or bool(one & other)


def _multiples(gold: Node, answer: Node) -> bool | None:
    """Whether two relations say the same of a difference and a multiple of it; None for no word on it."""
    letters = gold.names() | answer.names()
    if not letters or {gold.text, answer.text} & {"in", "->", "=="}:
        return None
    one, other = at_points(_difference(gold), letters), at_points(_difference(answer), letters)
    if not other[0] or not one[0]:
        return None
    with mp.workdps(40):
        factor = one[0] / other[0]
        multiple = all(agree(first, factor * second, 25) for first, second in zip(one, other, strict=True))
    if not multiple:
        return False if gold.text == answer.text == "=" else None
    if gold.text in {"=", "!="}:
        return gold.text == answer.text
    return (gold.text, factor.real > 0) in {(answer.text, True), (_TURNED.get(answer.text), False)}


def _difference(node: Node) -> Node:
    return Node("sum", (node.parts[0], Node("negative", (node.parts[1],))))


_TURNED: Final = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_BY_KIND: Final[dict[str, Callable[[Node, Node], bool]]] = {
    "bracket": _same_bracket,
    "matrix": _same_matrix,
    "proportion": _same_proportion,
    "based": _same_based,
}
