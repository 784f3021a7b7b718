"""What an audit asks about: references with answers that must be accepted and answers that must not.

The items of shipped verifiers lie in `data`, one file a family; puzzles are made by whoever calls the audit.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rewards.errors import BadReference
from rewards.problem import Reference

SHIPPED: Final = Path(__file__).parent / "data"
_KEYS: Final = frozenset({"reference", "gold", "also", "wrong"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One reference with what is known about answers to it."""

    reference: Reference
    gold: str | None
    """An answer that must be accepted, without what goes around it in a response; None: none is known."""
    also: tuple[str, ...] = ()
    """Other answers that must be accepted."""
    wrong: tuple[str, ...] = ()
    """Answers that must not be."""


def family_of(verifier: str) -> str:
    """`math` for `math` and `math:any`; `text` for a verifier of the user's own."""
    name = verifier.partition(":")[0]
    return name if "." not in name else "text"


def shipped_items(family: str) -> list[Item]:
    """The items that come with a family; none where there are none."""
    path = SHIPPED / f"{family}.jsonl"
    return read_items(path) if path.is_file() else []


def read_items(path: Path) -> list[Item]:
    """Items from a file, one JSON object a line: `{"reference", "gold", "also"?, "wrong"?}`.

    Raises:
        BadReference: the file cannot be read, or a line is no item.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        raise BadReference(f"items cannot be read from {path}: {error}") from error
    items = [_item(line, f"{path}:{number}") for number, line in enumerate(lines, 1) if line.strip()]
    if not items:
        raise BadReference(f"{path} holds no item")
    return items


def same(text: str) -> str:
    """The text by which two answers are taken for one."""
    return " ".join(text.split()).casefold()


def _item(line: str, place: str) -> Item:
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadReference(f"{place} is not JSON: {error}") from error
    problem = next(_problems(row), None)
    if problem is not None:
        raise BadReference(f"{place}: {problem}")
    return Item(
        reference=row["reference"],
        gold=row.get("gold"),
        also=tuple(row.get("also", ())),
        wrong=tuple(row.get("wrong", ())),
    )


def _problems(row: Any) -> Iterator[str]:
    if not isinstance(row, Mapping):
        yield "an item is a JSON object"
        return
    if unknown := set(row) - _KEYS:
        yield f"an item has no {min(unknown)!r}: it has {', '.join(sorted(_KEYS))}"
    if not isinstance(row.get("reference"), Mapping):
        yield "'reference' is an object"
    if not isinstance(row.get("gold"), str | None):
        yield "'gold' is a text"
    for key in ("also", "wrong"):
        texts = row.get(key, [])
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            yield f"{key!r} is a list of texts"
