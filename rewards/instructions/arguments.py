"""The kinds of arguments that instructions take, and how a reference's JSON values are read as such.

A null is as good as no argument: published rows carry every key of every instruction. Whole numbers may
come as floats, which is how IFBench's do. A missing argument is never drawn at random.
"""

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NewType, get_type_hints

Count = NewType("Count", int)
"""A whole number, 0 or more."""
Place = NewType("Place", int)
"""The place of something in a row, from 1 on."""
Percentage = NewType("Percentage", float)
"""From 0 to 100."""
Relation = NewType("Relation", str)
"""How a count is to stand to a bound: a key of `RELATIONS`."""
Markdown = NewType("Markdown", str)
"""A text that marks what may be changed, `*like this*`."""

RELATIONS: Final[dict[str, Callable[[int, int], bool]]] = {
    "at least": lambda count, bound: count >= bound,
    "less than": lambda count, bound: count < bound,
}
MAX_COUNT: Final = 10**9

Check = Callable[[str], bool]


def holds(count: int, relation: Relation, bound: int) -> bool:
    """Whether `count` stands to `bound` as asked."""
    return RELATIONS[relation](count, bound)


def bind(checker: Callable[..., bool], arguments: Mapping[str, Any] | None) -> Check:
    """The check with its arguments, each read as what the checker's signature says.

    Raises:
        ValueError: an argument is missing, unknown or not of its kind: the reference is at fault.
    """
    parameters = list(inspect.signature(checker).parameters.values())[1:]
    given = {key: value for key, value in (arguments or {}).items() if value is not None}
    required = {parameter.name for parameter in parameters if parameter.default is parameter.empty}
    known = {parameter.name for parameter in parameters}
    if not required <= set(given) <= known:
        raise ValueError(f"takes {sorted(known)}, was given {sorted(given)}")
    kinds = get_type_hints(checker)
    read = {}
    for key, value in given.items():
        try:
            read[key] = _READERS[kinds[key]](value)
        except ValueError as error:
            raise ValueError(f"{key!r} is {error}, not {value!r:.80}") from error
    return lambda text: checker(text, **read)


def _count(value: object) -> int:
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not whole or not 0 <= value <= MAX_COUNT:  # type: ignore[operator]
        raise ValueError(f"a whole number from 0 to {MAX_COUNT}")
    return int(value)  # type: ignore[call-overload, no-any-return]


def _place(value: object) -> int:
    if _count(value) == 0:
        raise ValueError("a place from 1 on")
    return _count(value)


def _percentage(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        raise ValueError("a percentage from 0 to 100")
    return float(value)


def _relation(value: object) -> str:
    if not isinstance(value, str) or value not in RELATIONS:
        raise ValueError(f"one of {sorted(RELATIONS)}")
    return value


def _text(value: object) -> str:
    if isinstance(value, list) and len(value) == 1:
        return _text(value[0])
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text that is not empty")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError("a list of texts")
    return tuple(map(_text, value))


def _markdown(value: object) -> str:
    if re.search(r"\*.*\*", _text(value)) is None:
        raise ValueError("a text with a part between asterisks")
    return _text(value)


_READERS: Final[dict[Any, Callable[[object], Any]]] = {
    Count: _count,
    Place: _place,
    Percentage: _percentage,
    Relation: _relation,
    Markdown: _markdown,
    str: _text,
    tuple[str, ...]: _texts,
}
