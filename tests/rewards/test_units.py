"""Units: how they are read, what they are worth, and that nothing of them is evaluated."""

import builtins
from fractions import Fraction
from typing import Any

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.science.quantities import quantities
from rewards.science.spelling import MAX_CHARS, plain
from rewards.science.units import MAX_EXPONENT, unit_readings
from rewards.tasks.units import work


def worths(unit: str) -> list[tuple[Fraction, list[str]]]:
    """Scale and root units of each meaning of a unit that is known."""
    found = []
    for reading in unit_readings(plain(unit)):
        worth = work({"terms": [[name, str(exponent)] for name, exponent in reading.terms]})
        if worth is not None:
            found.append((Fraction(worth["scale"]) * Fraction(10) ** reading.ten, worth["root"]))
    return found


@pytest.mark.parametrize(
    ("written", "like"),
    [
        *(
            ("\\mathrm{m/s^2}", "m s^-2"),
            ("m/s/s", "m/s^2"),
            ("m·s⁻²", "m/s^2"),
            ("m s−2", "m/s^2"),
            ("m2", "m^2"),
        ),
        ("meters per second squared", "m/s^2"),
        *(
            ("kilograms per cubic meter", "kg/m^3"),
            ("square meters", "m^2"),
            ("Newtons", "N"),
            ("JOULES", "J"),
        ),
        *(
            ("\\mathrm{~J} \\mathrm{~mol}^{-1} \\mathrm{~K}^{-1}", "J/(mol K)"),
            ("\\frac{\\mathrm{kg}}{\\mathrm{m}^3}", "kg/m^3"),
        ),
        *(
            ("\\text{ kg·m}", "kg m"),
            ("kg\\cdot m", "kg m"),
            ("N-m", "J"),
            ("ft lb", "ft-lb"),
            ("1/s", "s^{-1}"),
        ),
        *(
            ("$^\\circ$", "deg"),
            ("^{\\circ}", "degree"),
            ("\\%", "percent"),
            ("\\mu\\mathrm{m}", "µm"),
            ("\\mathrm{k}\\Omega", "kΩ"),
        ),
        *(
            ("mol/L", "M"),
            ("10^{-3} \\mathrm{~nm}", "pm"),
            ("10^3 m", "km"),
            ("electron volts", "eV"),
            ("light-years", "ly"),
        ),
        *(
            ("\\AA", "angstrom"),
            ("°F^-1", "1/delta_degF"),
            ("J/°C", "J/K"),
            ("sq ft", "ft^2"),
            ("m^{1/2}", "m^0.5"),
        ),
    ],
)
def test_a_unit_is_read_in_whatever_way_it_is_set(written: str, like: str) -> None:
    assert worths(written)[0] == worths(like)[0]


def test_a_unit_may_mean_two_things() -> None:
    assert worths("J/(mol K)")[0] in worths("J/mol·K")
    assert worths("psi")[0] in worths("lb/in^2")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "c",
            "k",
            "R",
            "e",
            "a",
            "dB",
            "pH",
            "flurbs",
            "or",
            "x",
            "v^2",
            "m/",
            "*m",
            "m^",
            "m^(9^9^9)",
            "m^999",
        ),
        *(
            "m^1e9",
            "2 m",
            "m+s",
            "m(",
            "(" * 9 + "m" + ")" * 9,
            "m" * 79,
            "m " * 60,
            "__import__('os')",
            "m;s",
            "m.s",
        ),
    ],
)
def test_what_is_no_unit_is_worth_nothing(text: str) -> None:
    assert worths(text) == []


@pytest.mark.parametrize(
    ("text", "value", "figures", "digit", "words"),
    [
        ("9.81 m/s^2", "9.81", 3, "0.01", "m/s^2"),
        ("1,200 km", "1200", 4, "1", "km"),
        ("1 200 km", "1200", 4, "1", "km"),
        ("-1.5e-3 mol", "-0.0015", 2, "0.0001", "mol"),
        ("6.02 \\times 10^{23}", "6.02e23", 3, "1e21", ""),
        ("5×10³ N", "5000", 1, "1000", "N"),
        ("10^{-3}", "0.001", 1, "0.001", ""),
        ("7", "7", 1, "1", ""),
        ("60.0", "60", 3, "0.1", ""),
        ("\\frac{1}{3} m", "1/3", None, "0", "m"),
        ("about 5 m to the left", "5", 1, "1", "m to the left"),
        ("E_k = 2.0 J", "2", 2, "0.1", "J"),
    ],
)
def test_a_quantity_keeps_its_figures(
    text: str, value: str, figures: int | None, digit: str, words: str
) -> None:
    first = quantities(text)[0]
    assert (first.value, first.figures, first.digit, first.words) == (
        Fraction(value),
        figures,
        Fraction(digit),
        words,
    )


@pytest.mark.parametrize(
    "text",
    ["", "1e999999999 m", "1e401", "5 m, 6 m = 6 m", "5 or 6", "9" * 90, "1/0 m", "x" * (MAX_CHARS + 1)],
)
def test_what_is_no_number_has_no_value(text: str) -> None:
    assert [each for each in quantities(text) if each.value is not None] == []


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        *(("\\frac{84}{2}", "42"), ("x = \\frac{1}{3}", "1/3"), ("5!", "120")),
        *(
            (text, None)
            for text in ("2^{10^{9}}", "i + 1", "1/0", "v", "3x", "1, 2", "\ud800", "nan", "\\infty")
        ),
    ],
)
def test_a_formula_is_a_number_or_nothing(formula: str, value: str | None) -> None:
    assert work({"formula": formula}) == (None if value is None else {"value": value})


def test_nothing_is_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pint's own parsers of expressions, and those of Python, are taken away."""

    def refuse(*_: object, **__: object) -> Any:
        raise AssertionError("an evaluating parser was called")

    for name in ("parse_expression", "parse_units", "parse_units_as_container"):
        monkeypatch.setattr(pint.UnitRegistry, name, refuse)
    monkeypatch.setattr(pint.util, "string_preprocessor", refuse)
    with monkeypatch.context() as patched:
        for name in ("eval", "exec", "compile"):
            patched.setattr(builtins, name, refuse)
        found = [worths(unit) for unit in ("lb/in^2", "TJ/kmol", "m^(9^9)", "exec('1')")]
        values = [work({"formula": text}) for text in ("2+3", "__import__('os').system('true')")]
    assert [len(each) for each in found] == [2, 1, 0, 0]
    assert values == [{"value": "5"}, None]


@given(st.text(max_size=100))
def test_any_text_is_a_unit_or_none(text: str) -> None:
    for reading in unit_readings(plain(text)):
        work({"terms": [[name, str(exponent)] for name, exponent in reading.terms]})


@given(st.text(alphabet="mskgJN/^*() -1290.{}\\°%µ", max_size=60))
def test_any_text_of_units_signs_is_a_unit_or_none(text: str) -> None:
    for reading in unit_readings(plain(text)):
        assert all(abs(exponent) <= MAX_EXPONENT for _, exponent in reading.terms)
        work({"terms": [[name, str(exponent)] for name, exponent in reading.terms]})
