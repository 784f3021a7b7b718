"""Names in a recipe and what they stand for: a table's entry, or a `module:attribute` of the user's own."""

import difflib
import pkgutil
from collections.abc import Mapping
from typing import Any

from pydantic import AfterValidator

from harness.errors import ConfigError


def target(name: str, table: Mapping[str, str], kind: str) -> str:
    """The `module:attribute` that `name` stands for; nothing is imported.

    Raises:
        ConfigError: neither in the table nor of that form.
    """
    found = table.get(name, name)
    if ":" not in found:
        close = difflib.get_close_matches(name, table, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise ConfigError(
            f"no {kind} {name!r}: have {', '.join(table)}, or a 'module:attribute' of your own{hint}"
        )
    return found


def resolve(name: str, table: Mapping[str, str], kind: str) -> Any:
    """What `name` stands for, imported.

    Raises:
        ConfigError: there is no such thing, or it cannot be imported.
    """
    try:
        return pkgutil.resolve_name(target(name, table, kind))
    except (ImportError, AttributeError) as error:
        raise ConfigError(f"{kind} {name!r} cannot be loaded: {error}") from error


def one_of(table: Mapping[str, str], kind: str) -> AfterValidator:
    """A check for a recipe's key, so that a wrong name is refused before anything starts."""

    def check(name: str) -> str:
        try:
            target(name, table, kind)
        except ConfigError as error:
            raise ValueError(str(error)) from error
        return name

    return AfterValidator(check)
