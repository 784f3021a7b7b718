"""Reading a recipe: a TOML file and `key=value` overrides become a `RunConfig`, or a clear refusal.

Unknown keys and impossible numbers are refused with the place and what is known there.
"""

import difflib
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from harness.config import RunConfig
from harness.errors import ConfigError
from harness.stages import plan_stages


def load_recipe(path: Path, overrides: list[str] | None = None) -> RunConfig:
    """Read a recipe, with `key=value` overrides by dotted name.

    Raises:
        ConfigError: it cannot be read, or a key or value is wrong; the message names the place.
    """
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"no recipe at {path}") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"recipe {path} cannot be read: {error}") from error
    for override in overrides or []:
        _apply(tree, override)
    return parse_recipe(tree, place=str(path))


def parse_recipe(tree: dict[str, Any], *, place: str = "recipe") -> RunConfig:
    """Check a recipe's tree of values.

    Raises:
        ConfigError: one line for each wrong key or value.
    """
    try:
        config = RunConfig.model_validate(tree)
        plan_stages(config)
    except ConfigError as error:
        raise ConfigError(f"{place}:\n  {error}") from error
    except ValidationError as error:
        lines = [_explain(problem) for problem in error.errors()]
        raise ConfigError(f"{place}:\n  " + "\n  ".join(lines)) from error
    return config


def read_override(override: str) -> tuple[str, Any]:
    """The dotted name and the value of one `a.b.0.c=value`; the value is TOML, or else plain text.

    Raises:
        ConfigError: it has no such form.
    """
    dotted, equals, text = override.partition("=")
    name = dotted.strip()
    if not equals or not all(name.split(".")):
        raise ConfigError(f"--set takes key=value, such as steps=24, not {override!r}")
    try:
        return name, tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return name, text


def _apply(tree: dict[str, Any], override: str) -> None:
    """Set one override in the tree."""
    name, value = read_override(override)
    keys = name.split(".")
    node: Any = tree
    for key in keys[:-1]:
        node = _child(node, key, override)
    if isinstance(node, list):
        node[_index(node, keys[-1], override)] = value
    else:
        node[keys[-1]] = value


def _child(node: Any, key: str, override: str) -> Any:
    if isinstance(node, list):
        return node[_index(node, key, override)]
    child = node.setdefault(key, {})
    if not isinstance(child, (dict, list)):
        raise ConfigError(f"--set {override}: {key!r} is a value, not a table")
    return child


def _index(node: list[Any], key: str, override: str) -> int:
    if not key.isdigit() or int(key) >= len(node):
        raise ConfigError(f"--set {override}: {key!r} is not a place in a list of {len(node)}")
    return int(key)


def _explain(problem: Any) -> str:
    location = [str(part) for part in problem["loc"]]
    place = ".".join(location) or "recipe"
    if problem["type"] == "extra_forbidden":
        known = _known_keys(problem["loc"][:-1])
        close = difflib.get_close_matches(location[-1], known, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else f"; known here: {', '.join(known)}"
        return f"{place}: no such key{hint}"
    if problem["type"] == "value_error":
        return f"{place}: {problem['ctx']['error']}"
    if problem["type"] == "missing":
        return f"{place}: missing"
    return f"{place} = {problem['input']!r}: {problem['msg']}"


def _known_keys(location: tuple[str | int, ...]) -> list[str]:
    section: type[BaseModel] = RunConfig
    for part in location:
        if isinstance(part, int):
            continue
        annotation = section.model_fields[part].annotation
        section = next(kind for kind in _models(annotation))
    return list(section.model_fields)


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in getattr(annotation, "__args__", ()) for found in _models(part)]
