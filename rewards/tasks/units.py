"""Converts between units with Pint. The part that runs in a worker: importing Pint costs half a second."""

from tokenize import TokenError
from typing import Any, Final

import pint

_NOT_A_UNIT: Final = (
    *(pint.PintError, TokenError, SyntaxError),
    *(ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError),
)
"""What Pint's parser raises on odd text."""
_REGISTRY: "pint.UnitRegistry[Any]" = pint.UnitRegistry()


def convert(item: dict[str, Any]) -> dict[str, Any]:
    """Convert `{"value", "unit", "to"}`; answers `{"value": FLOAT}`, None where it cannot be done."""
    try:
        quantity = _REGISTRY.Quantity(float(item["value"]), item["unit"])
        return {"value": float(quantity.to(item["to"]).magnitude)}
    except _NOT_A_UNIT:
        return {"value": None}
