"""Writes the key tables of docs/recipes.md from harness/config.py, below the mark that the page carries."""

import json
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MinLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from harness.config import RunConfig

PAGE = Path(__file__).resolve().parents[1] / "docs" / "recipes.md"
MARK = "<!-- From here on written by `make docs`. -->\n"
BOUNDS = {Ge: ("at least", "ge"), Gt: ("above", "gt"), Le: ("at most", "le"), Lt: ("below", "lt")}


def reference() -> str:
    """Every section of a recipe with its keys, defaults, bounds and meanings, as Markdown."""
    return "\n".join(_section("", RunConfig))


def page() -> str:
    """The whole page: what is written by hand above the mark, and the tables below it."""
    return PAGE.read_text(encoding="utf-8").partition(MARK)[0] + MARK + "\n" + reference()


def _section(prefix: str, section: type[BaseModel]) -> Iterator[str]:
    yield f"## {f'`[{prefix}]`' if prefix else 'The recipe itself'}\n"
    yield f"{_one_line(section.__doc__ or '')}\n"
    yield "| key | default | values | meaning |\n|---|---|---|---|"
    inner = []
    for name, field in section.model_fields.items():
        if (child := _child(field.annotation)) is not None:
            dotted = f"{prefix}.{name}" if prefix else name
            inner.append((f"[{dotted}]" if get_origin(field.annotation) is list else dotted, child))
        else:
            meaning = _one_line(field.description or "")
            yield f"| `{name}` | {_default(field)} | {_values(field)} | {meaning} |"
    yield ""
    for dotted, child in inner:
        yield from _section(dotted, child)


def _child(annotation: Any) -> type[BaseModel] | None:
    """The section that a field holds, alone, as an option or as a list of them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_child, get_args(annotation))), None)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    return "none" if value is None else f"`{json.dumps(value, default=str)}`"


def _values(field: FieldInfo) -> str:
    words = [_kind(field.annotation)]
    for bound in field.metadata:
        if type(bound) in BOUNDS:
            word, attribute = BOUNDS[type(bound)]
            words.append(f"{word} {getattr(bound, attribute)}")
        elif isinstance(bound, MinLen):
            words.append(f"at least {bound.min_length}")
    return ", ".join(words)


def _kind(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in arguments)
    if origin is list:
        return f"list of {_kind(arguments[0])}"
    if origin is dict:
        return f"table of {_kind(arguments[1])}"
    if origin is Union or type(None) in arguments:
        return " or ".join(_kind(argument) for argument in arguments if argument is not type(None))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return " or ".join(f"`{member.value}`" for member in annotation)
    return {int: "whole number", float: "number", str: "text", bool: "true or false"}.get(annotation, "any")


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
