"""Converts between units with Pint. The part that runs in a worker: importing Pint costs half a second."""

from typing import Any

import pint

_REGISTRY: "pint.UnitRegistry[Any]" = pint.UnitRegistry()


def convert(item: dict[str, Any]) -> dict[str, Any]:
    """Convert `{"value", "unit", "to"}`; answers `{"value": FLOAT}`, None where it cannot be done."""
    try:
        quantity = _REGISTRY.Quantity(float(item["value"]), item["unit"])
        return {"value": float(quantity.to(item["to"]).magnitude)}
    except (pint.PintError, ValueError, TypeError, ArithmeticError, AttributeError, AssertionError):
        return {"value": None}
    except Exception:  # noqa: BLE001 - Pint's parser raises what its tokenizer does on odd text
        return {"value": None}
