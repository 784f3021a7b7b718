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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rewards.errors import BadReference

TEXT_TOLERANCE: Final = 1e-6
VALUE_TOLERANCE: Final = 1e-9
"""Of a returned float, which nobody rounded for printing."""

_NUMBER: Final = re.compile(r"[-+]?(?:(?:0|[1-9]\d{0,400})(?:\.\d{0,400})?|\.\d{1,400})(?:[eE][-+]?\d{1,4})?")
"""What begins with needless zeros is a string of digits (`0010`), and no number."""
_WHOLE: Final = re.compile(r"[-+]?\d+")


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().split("\n")]


_FORMS: Final[dict[str, Callable[[str], Any]]] = {
    "case": lambda text: text.casefold().split(),
    "exact": lambda text: text.removesuffix("\n"),
    "float": str.split,
    "lines": _lines,
    "token": str.split,
    "unordered_lines": lambda text: sorted(map(str.split, _lines(text))),
    "unordered_tokens": lambda text: sorted(text.split()),
}
"""For each kind the form in which equal outputs are equal."""


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
        form = _FORMS[self.kind]
        one, other = form(output.replace("\r\n", "\n")), form(expected.replace("\r\n", "\n"))
        if one == other or self.kind != "float":
            return bool(one == other)
        return len(one) == len(other) and all(map(self._same_token, one, other))

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
            pair = sorted(value, key=_order), sorted(expected, key=_order)
            return Comparator().same_value(*pair, exact_kinds=exact_kinds)
        if isinstance(expected, list | tuple):
            return (
                isinstance(value, list | tuple)
                and (not exact_kinds or type(value) is type(expected))
                and self._same_rows(value, expected, exact_kinds=exact_kinds)
            )
        if isinstance(expected, dict):
            return isinstance(value, dict) and self._same_dict(value, expected, exact_kinds=exact_kinds)
        return self._same_leaf(value, expected)

    def _same_leaf(self, value: object, expected: object) -> bool:
        if isinstance(value, float) or isinstance(expected, float):
            return self._same_number(value, expected)
        if isinstance(value, complex) and isinstance(expected, int | complex):
            return abs(value - expected) <= (VALUE_TOLERANCE if self.absolute is None else self.absolute)
        if self.kind == "case" and isinstance(value, str) and isinstance(expected, str):
            return value.casefold() == expected.casefold()
        return value == expected

    def _same_rows(self, value: Sequence[Any], expected: Sequence[Any], *, exact_kinds: bool) -> bool:
        return len(value) == len(expected) and all(
            self.same_value(*pair, exact_kinds=exact_kinds) for pair in zip(value, expected, strict=True)
        )

    def _same_dict(self, value: dict[Any, Any], expected: dict[Any, Any], *, exact_kinds: bool) -> bool:
        named = value if exact_kinds else {_json_key(key): item for key, item in value.items()}
        return len(value) == len(expected) and all(
            key in named and self.same_value(named[key], item, exact_kinds=exact_kinds)
            for key, item in expected.items()
        )

    def _same_token(self, given: str, expected: str) -> bool:
        """Whether two tokens are written alike, or are the same number."""
        if given == expected:
            return True
        whole = _WHOLE.fullmatch(expected) is not None
        if (
            (whole and _WHOLE.fullmatch(given))
            or not _NUMBER.fullmatch(given)
            or not _NUMBER.fullmatch(expected)
        ):
            return False
        one, other = float(given), float(expected)
        return math.isfinite(one + other) and self._close(
            one, other, 0.0 if whole else TEXT_TOLERANCE, TEXT_TOLERANCE
        )

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
    if not isinstance(kind, str) or kind not in _FORMS:
        raise BadReference(f"no comparator {kind!r:.80}: have {', '.join(_FORMS)}")
    for name in ("abs", "rel"):
        tolerance = fields.get(name, 0)
        if (
            isinstance(tolerance, bool)
            or not isinstance(tolerance, int | float)
            or not 0 <= tolerance < math.inf
        ):
            raise BadReference(f"{name!r} of {where} is a number from 0, not {tolerance!r:.80}")
    return Comparator(kind, fields.get("abs"), fields.get("rel"))


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
