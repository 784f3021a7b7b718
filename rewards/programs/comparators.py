"""How what a program gave is compared with what a test expects: a comparator, as data.

In a reference it is a name, or `{"kind": NAME, "abs"?: TOLERANCE, "rel"?: TOLERANCE}`:

- `float` (the default): token by token, whatever the blanks and line ends between them; where what is
  expected is a decimal, equal within `abs` or `rel`. Whole numbers are exact, or `abs` away when they
  came as a decimal;
- `token`: token by token, each as it is written;
- `case`: the same, capitals or not;
- `lines`: line by line, without blanks at their ends and empty lines at the end of all;
- `unordered_lines`: the lines in any order, compared by tokens; `unordered_tokens`: the tokens in any order;
- `exact`: the same text, but for one line end at its end.

A value that a call returned is compared as Python compares, floats within tolerance. `exact` takes them as
they are, `case` takes capitals in texts as small letters, and both unordered kinds take the items of the
outermost list in any order. The other kinds make no difference there.

Not covered: tolerance and free order at once.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rewards.errors import BadReference

KINDS: Final = ("case", "exact", "float", "lines", "token", "unordered_lines", "unordered_tokens")
TEXT_TOLERANCE: Final = 1e-6
VALUE_TOLERANCE: Final = 1e-9
"""Of a returned float, which nobody rounded for printing."""

_NUMBER: Final = re.compile(r"[-+]?(?:(?:0|[1-9]\d{0,400})(?:\.\d{0,400})?|\.\d{1,400})(?:[eE][-+]?\d{1,4})?")
"""What begins with needless zeros is a string of digits (`0010`), and no number."""
_WHOLE: Final = re.compile(r"[-+]?\d+")


@dataclass(frozen=True, slots=True)
class Comparator:
    """One way to compare; tolerances are None where the kind's own hold."""

    kind: str = "float"
    absolute: float | None = None
    relative: float | None = None

    def described(self) -> dict[str, Any]:
        """What a verdict says of it."""
        tolerances = {"abs": self.absolute, "rel": self.relative}
        return {"kind": self.kind, **{name: value for name, value in tolerances.items() if value is not None}}

    def same_text(self, output: str, expected: str) -> bool:
        """Compare what was printed."""
        output, expected = output.replace("\r\n", "\n"), expected.replace("\r\n", "\n")
        match self.kind:
            case "exact":
                return output.removesuffix("\n") == expected.removesuffix("\n")
            case "lines":
                return _lines(output) == _lines(expected)
            case "case":
                return output.casefold().split() == expected.casefold().split()
            case "unordered_tokens":
                return sorted(output.split()) == sorted(expected.split())
            case "unordered_lines":
                return sorted(map(str.split, _lines(output))) == sorted(map(str.split, _lines(expected)))
        one, other = output.split(), expected.split()
        if self.kind == "token" or len(one) != len(other):
            return one == other
        return all(a == b or self._same_token(a, b) for a, b in zip(one, other, strict=True))

    def same_value(self, value: object, expected: object, *, exact_kinds: bool) -> bool:
        """Compare what was returned.

        Args:
            value: plain data, read by `sandbox.inside.call.decode`.
            expected: plain data.
            exact_kinds: whether a tuple is no list. JSON has no tuples, so a test written in JSON cannot
                ask for one.
        """
        if self.kind.startswith("unordered") and isinstance(expected, list | tuple):
            if not isinstance(value, list | tuple | set | frozenset):
                return False
            value, expected = sorted(value, key=_order), sorted(expected, key=_order)
        if isinstance(value, float) or isinstance(expected, float):
            return self._same_number(value, expected)
        if isinstance(value, complex) and isinstance(expected, int | complex):
            return abs(value - expected) <= (self.absolute or VALUE_TOLERANCE)
        if isinstance(expected, str) and self.kind == "case":
            return isinstance(value, str) and value.casefold() == expected.casefold()
        if isinstance(expected, list | tuple):
            inner = Comparator() if self.kind.startswith("unordered") else self
            return _same_kind(value, expected, exact_kinds) and all(
                inner.same_value(*pair, exact_kinds=exact_kinds) for pair in zip(value, expected, strict=True)
            )
        if isinstance(expected, dict):
            return self._same_dict(value, expected, exact_kinds=exact_kinds)
        return _hashable_kind(value) == _hashable_kind(expected) and value == expected

    def _same_dict(self, value: object, expected: dict[Any, Any], *, exact_kinds: bool) -> bool:
        if not isinstance(value, dict) or len(value) != len(expected):
            return False
        named = value if exact_kinds else {_json_key(key): item for key, item in value.items()}
        return all(
            key in named and self.same_value(named[key], item, exact_kinds=exact_kinds)
            for key, item in expected.items()
        )

    def _same_token(self, given: str, expected: str) -> bool:
        """Whether two tokens that are written differently are the same number."""
        whole = _WHOLE.fullmatch(expected) is not None
        if (whole and _WHOLE.fullmatch(given)) or not _NUMBER.fullmatch(given) or not _NUMBER.fullmatch(expected):
            return False
        return self._close(float(given), float(expected), 0.0 if whole else TEXT_TOLERANCE, TEXT_TOLERANCE)

    def _same_number(self, value: object, expected: object) -> bool:
        if not isinstance(value, int | float) or not isinstance(expected, int | float):
            return False
        try:
            one, other = float(value), float(expected)
        except OverflowError:
            return False
        if math.isnan(one) or math.isnan(other):
            return math.isnan(one) and math.isnan(other)
        if self.kind == "exact":
            return one == other
        return self._close(one, other, VALUE_TOLERANCE, VALUE_TOLERANCE / 1000)

    def _close(self, one: float, other: float, relative: float, absolute: float) -> bool:
        if math.isinf(one) or math.isinf(other):
            return one == other
        return math.isclose(
            one,
            other,
            rel_tol=relative if self.relative is None else self.relative,
            abs_tol=absolute if self.absolute is None else self.absolute,
        )


def parse_comparator(value: object, where: str) -> Comparator:
    """Read a comparator.

    Args:
        value: a name, or an object with a `kind`.
        where: what it is of, for the message.

    Raises:
        BadReference: it is neither, or names no kind that there is.
    """
    fields = {"kind": value} if isinstance(value, str) else value
    if not isinstance(fields, Mapping) or not set(fields) <= {"kind", "abs", "rel"}:
        raise BadReference(f"{where} is a name or {{'kind', 'abs'?, 'rel'?}}, not {value!r:.80}")
    kind = fields.get("kind", "float")
    if kind not in KINDS:
        raise BadReference(f"no comparator {kind!r:.80}: have {', '.join(KINDS)}")
    for name in ("abs", "rel"):
        tolerance = fields.get(name, 0)
        if isinstance(tolerance, bool) or not isinstance(tolerance, int | float) or not 0 <= tolerance < math.inf:
            raise BadReference(f"{name!r} of {where} is a number from 0, not {tolerance!r:.80}")
    return Comparator(kind, fields.get("abs"), fields.get("rel"))


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().split("\n")]


def _same_kind(value: object, expected: list[Any] | tuple[Any, ...], exact_kinds: bool) -> bool:
    kinds = type(expected) if exact_kinds else (list, tuple)
    return isinstance(value, kinds) and len(value) == len(expected)


def _hashable_kind(value: object) -> object:
    """Sets are alike whether frozen or not; of all else Python's own equality decides."""
    return set if isinstance(value, set | frozenset) else None


def _order(item: object) -> str:
    """A key by which equal items stand together: an int as its float, a tuple as its list."""
    if isinstance(item, int | float):
        try:
            return f"1{float(item)!r}"
        except OverflowError:
            return f"1{item:x}"
    if isinstance(item, list | tuple):
        return f"2{list(map(_order, item))}"
    if isinstance(item, set | frozenset):
        return f"3{sorted(map(_order, item))}"
    if isinstance(item, dict):
        return f"4{sorted(map(_order, item.items()))}"
    return f"5{item!r}"


def _json_key(key: object) -> str:
    """The key that JSON has in its place."""
    if isinstance(key, str):
        return key
    try:
        return json.dumps(key) if isinstance(key, int | float | None) else repr(key)
    except ValueError:  # a number of more digits than Python writes
        return ""
