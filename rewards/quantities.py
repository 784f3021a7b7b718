r"""Numbers with units: how they are read, and how close is close enough.

Read: `9.81 m/s^2`, `3.0 \times 10^{8}\ \mathrm{m/s}`, `1.5e-3 mol`, `1,200 km`, `25^\circ C`, `1/2`.

Close enough: within one unit of the last digit that the reference gives, but never further than 5 %.
A reference that is a whole number without a unit is exact: it is a count.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from rewards.notation import exact_number, tidy

MAX_CHARS: Final = 240
MAX_UNIT_CHARS: Final = 60
MAX_EXPONENT: Final = 300
MAX_RELATIVE_ERROR: Final = Fraction(1, 20)

_MANTISSA: Final = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+|\.)?"
_POWER: Final = r"(?:[eE](?P<e>[+-]?\d+)|(?:\\times|\\cdot|×|x|\*|·)10\^\{?(?P<ten>[+-]?\d+)\}?)"
_QUANTITY: Final = re.compile(rf"(?P<mantissa>{_MANTISSA}){_POWER}?(?P<unit>.*)", re.DOTALL)
_UNIT: Final = re.compile(r"[A-Za-zµμΩÅ°%/*^·().\d\s-]*")
_WRAPPERS: Final = re.compile(r"\\(?:text|mathrm|textrm|mathbf|operatorname|mbox|rm)\b\s*|[{}$]|\\(?=%)")
_DEGREES: Final = ((r"^\circ C", "degC"), (r"^\circ F", "degF"), ("°C", "degC"), ("°F", "degF"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number as it was written, with the text of its unit."""

    value: Fraction
    last_digit: Fraction
    """One unit of the last digit given; 0 for a fraction, which is exact."""
    unit: str

    def tolerance(self) -> Fraction:
        """How far from this reference an answer in its unit may be."""
        if not self.unit and self.value.denominator == 1 and self.last_digit in {0, 1}:
            return Fraction(0)
        return min(self.last_digit, MAX_RELATIVE_ERROR * abs(self.value))


def read_quantity(text: str) -> Quantity | None:
    """The quantity that `text` is as a whole, or None."""
    tidied = tidy(text)
    if len(tidied) > MAX_CHARS:
        return None
    exact = exact_number(tidied)
    if exact is not None and "." not in tidied:
        return Quantity(
            value=exact, last_digit=Fraction(int("/" not in tidied and "frac" not in tidied)), unit=""
        )
    for written, name in _DEGREES:
        tidied = tidied.replace(written, " " + name).replace(written.replace(" C", "C"), " " + name)
    plain = _WRAPPERS.sub("", tidied.replace(r"^\circ", " degree").replace(r"\Omega", "ohm")).strip()
    plain = re.sub(r"\s*(\\times|\\cdot|×|\*|·|\bx)\s*10\s*\^", r"\g<1>10^", plain)
    match = _QUANTITY.fullmatch(plain)
    if match is None or not re.search(r"\d", match["mantissa"]):
        return None
    unit = match["unit"].strip().replace(r"\cdot", "*").replace("·", "*")
    exponent = int((match["e"] or match["ten"] or "0")[:8])
    if abs(exponent) > MAX_EXPONENT:
        return None
    if len(unit) > MAX_UNIT_CHARS or not _UNIT.fullmatch(unit) or re.match(r"[\d.^*/(-]", unit):
        return None
    mantissa = match["mantissa"].replace(",", "").rstrip(".")
    scale = Fraction(10) ** exponent
    decimals = len(mantissa.partition(".")[2])
    return Quantity(value=Fraction(mantissa) * scale, last_digit=Fraction(1, 10**decimals) * scale, unit=unit)


def close_enough(value: Fraction, reference: Quantity) -> bool:
    """Whether `value`, in the reference's unit, is the reference."""
    return abs(value - reference.value) <= reference.tolerance()
