"""What units are worth, by Pint, and what numeric formulas come to. The part that runs in a worker.

Importing Pint costs half a second. Its parser evaluates expressions and is never called: names are looked up
one by one, and `rewards.science.units` has read how they are put together. Only units of `KNOWN` count, since
Pint's registry also has constants (`c`, `k`, `R`) that are letters of a formula more often.
"""

from fractions import Fraction
from typing import Any, Final

import mpmath
import pint

from rewards.mathematics.engine import formula_of
from rewards.mathematics.equality import is_constant, numeric
from rewards.mathematics.labels import labelled
from rewards.mathematics.node import Unreadable
from rewards.mathematics.structure import readings
from rewards.mathematics.value import TooLarge, exact

DIGITS: Final = 30
MAX_BITS: Final = 4_000
_REGISTRY: "pint.UnitRegistry[Any]" = pint.UnitRegistry(non_int_type=Fraction)
_REGISTRY.define("ppb = 1e-9")
_REGISTRY.define("gauss_of_tesla = 1e-4 * tesla")

_KNOWN_NAMES: Final = """
    meter second gram ampere kelvin mole candela radian steradian degree arcminute arcsecond turn
    degree_Celsius degree_Fahrenheit delta_degree_Celsius delta_degree_Fahrenheit degree_Rankine minute
    hour day week fortnight month year decade century angstrom micron inch foot yard mile nautical_mile
    light_year astronomical_unit parsec bohr hectare acre barn liter gallon quart pint cup fluid_ounce
    cubic_centimeter metric_ton ton pound ounce slug stone grain unified_atomic_mass_unit dalton newton
    dyne force_pound force_kilogram kip pascal bar standard_atmosphere torr millimeter_Hg meter_Hg
    inch_Hg pound_force_per_square_inch joule erg electron_volt calorie british_thermal_unit watt_hour
    foot_pound hartree rydberg watt horsepower volt_ampere coulomb ampere_hour volt ohm siemens farad
    henry weber tesla gauss_of_tesla debye hertz revolutions_per_minute
    revolutions_per_second becquerel curie gray sievert rem rads roentgen lumen lux katal molar poise
    stokes mile_per_hour kilometer_per_hour knot speed_of_light bit byte baud bits_per_second percent
    ppm ppb
"""
KNOWN: Final = frozenset(_KNOWN_NAMES.split())
NOT_UNITS: Final = frozenset({"a", "dB", "pH"})
"""An article or a variable, a logarithm, and an acidity; Pint reads years, bytes and inductances."""
_COUNTED: Final = frozenset({"radian", "steradian", "count"})
"""Named by Pint, though they are the number one."""
_ANGLES: Final = frozenset({"radian", "degree", "arcminute", "arcsecond", "turn"}) | {
    "revolutions_per_minute",
    "revolutions_per_second",
}
_RATES: Final = frozenset({"hertz", "becquerel", "baud", "bits_per_second"})


def work(item: dict[str, Any]) -> dict[str, Any] | None:
    """Answer `{"terms": [[NAME, EXPONENT], ...]}` or `{"formula": TEXT}`; None where it cannot be done.

    Exponents and numbers go and come as texts of fractions. Of a formula it is `{"value"}`. Of terms it is
    `{"scale", "offset", "root", "manner"}`, so that `scale * value + offset` is the value in the units of
    `root`; `manner` tells turning from happening.
    """
    return _worth(item["terms"]) if "terms" in item else _value(item["formula"])


def _worth(terms: list[list[str]]) -> dict[str, Any] | None:
    names: dict[str, Fraction] = {}
    kinds: set[str] = set()
    for written, exponent in terms:
        found = _look_up(written)
        if found is None:
            return None
        prefix, kind = found
        kinds.add(kind)
        names[prefix + kind] = names.get(prefix + kind, Fraction(0)) + Fraction(exponent)
    if "speed_of_light" in kinds and "electron_volt" not in kinds:
        return None
    try:
        whole = {name: int(power) if power.denominator == 1 else power for name, power in names.items()}
        unit = _REGISTRY.Unit(pint.util.UnitsContainer(whole))
        zero = _REGISTRY.Quantity(Fraction(0), unit).to_root_units()
        one = _REGISTRY.Quantity(Fraction(1), unit).to_root_units()
    except (pint.PintError, ArithmeticError, TypeError, ValueError):
        return None
    scale = Fraction(one.magnitude) - Fraction(zero.magnitude)
    if max(scale.numerator.bit_length(), scale.denominator.bit_length()) > MAX_BITS:
        return None
    root = sorted(f"{name}^{power}" for name, power in one.unit_items() if name not in _COUNTED and power)
    manner = "turning" if kinds & _ANGLES else "happening" if kinds & _RATES else ""
    return {"scale": str(scale), "offset": str(Fraction(zero.magnitude)), "root": root, "manner": manner}


def _look_up(written: str) -> tuple[str, str] | None:
    """The prefix and name of a known unit; words are known in any case."""
    if written in NOT_UNITS:
        return None
    for spelled in dict.fromkeys((written, written.lower() if len(written) > 3 else written)):
        for prefix, name, _ in _REGISTRY.parse_unit_name(spelled):
            if name in KNOWN:
                return prefix, name
    return None


def _value(text: str) -> dict[str, str] | None:
    """The real number that a formula without letters is."""
    try:
        read = readings(formula_of(text))
        _, node = labelled(read[0]) if len(read) == 1 else (None, None)
        if node is None or not is_constant(node):
            return None
        value = exact(node)
        if value is None:
            with mpmath.workdps(DIGITS):
                number = numeric(node)
                if isinstance(number, mpmath.mpc):
                    return None
                value = Fraction(mpmath.nstr(number, DIGITS))
    except (Unreadable, TooLarge, RecursionError, ValueError, OverflowError, KeyError):
        return None
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        return None
    return {"value": str(value)}
