"""STEM: letters, quantities and expressions."""

from collections.abc import Iterator
from fractions import Fraction

import pytest

from rewards.quantities import read_quantity
from rewards.verdict import Outcome
from rewards.verifier import Tools
from rewards.verifiers.stem import StemVerifier
from sandbox.backend import open_backend

CHOICES = ["a cat", "a dog", "42 kg", "none of these"]


@pytest.fixture(scope="module")
def verifier() -> Iterator[StemVerifier]:
    verifier = StemVerifier(Tools(sandbox=open_backend))
    yield verifier
    verifier.close()


@pytest.mark.parametrize(
    ("response", "answer", "reward"),
    [
        ("(B)", "B", 1.0),
        ("b", "B", 1.0),
        ("\\boxed{B}", "B", 1.0),
        ("\\boxed{\\text{(B)}}", "a dog", 1.0),
        ("The answer is B because dogs bark.", "B", 1.0),
        ("**Answer: B**", "B", 1.0),
        ("Answer: a dog", "B", 1.0),
        ("The answer is (C) 42 kg", "B", 0.0),
        ("A good question.", "A", 0.0),
        ("\\boxed{E}", "B", 0.0),
        ("a bird", "B", 0.0),
    ],
)
def test_a_choice_is_given_by_its_letter_or_its_words(
    verifier: StemVerifier, response: str, answer: str, reward: float
) -> None:
    assert verifier.verify(response, {"answer": answer, "choices": CHOICES}).reward == reward


def test_a_letter_needs_no_choices(verifier: StemVerifier) -> None:
    assert verifier.verify("The answer is D. It has to be.", {"answer": "D"}).reward == 1.0
    assert verifier.verify("The answer is (C).", {"answer": "(D)"}).reward == 0.0


@pytest.mark.parametrize(
    ("answer", "reference", "reward"),
    [
        ("9.8 m/s^2", "9.81 m/s^2", 1.0),
        ("9.7 m/s^2", "9.81 m/s^2", 0.0),
        ("981 cm/s^2", "9.81 m/s^2", 1.0),
        ("9.81", "9.81 m/s^2", 1.0),
        ("9.81 \\text{ kg}", "9.81 m/s^2", 0.0),
        ("3.00 \\times 10^{8}\\ \\mathrm{m/s}", "3.0e8 m/s", 1.0),
        ("300{,}000 km/s", "3.0e8 m/s", 1.0),
        ("298.15 K", "25^\\circ C", 1.0),
        ("3500 mV", "3.5 V", 1.0),
        ("3.4 mV", "3.5 V", 0.0),
        ("50\\%", "0.50", 1.0),
        ("5 m", "6 m", 0.0),
        ("42", "42", 1.0),
        ("42.3", "42", 0.0),
        ("1/2", "0.50", 1.0),
        ("2 flurbs", "2.0 m", 0.0),
    ],
)
def test_quantities_are_converted_and_compared_by_the_references_digits(
    verifier: StemVerifier, answer: str, reference: str, reward: float
) -> None:
    assert verifier.verify(f"\\boxed{{{answer}}}", {"answer": reference}).reward == reward


def test_an_expression_is_judged_as_mathematics(verifier: StemVerifier) -> None:
    reference = {"answer": "\\frac{1}{2} m v^2"}
    assert verifier.verify("\\boxed{\\frac{m v^2}{2}}", reference).reward == 1.0
    assert verifier.verify("\\boxed{m v^2}", reference).reward == 0.0


def test_a_unit_that_never_ends_is_a_timeout(verifier: StemVerifier) -> None:
    verdict = verifier.verify("\\boxed{3 m^(9^9^9^9)}", {"answer": "3 s"})
    assert (verdict.status, verdict.reward) == (Outcome.TIMEOUT, 0.0)


@pytest.mark.parametrize(
    ("text", "value", "last_digit", "unit"),
    [
        ("9.81 m/s^2", Fraction("9.81"), Fraction("0.01"), "m/s^2"),
        ("1,200 km", Fraction(1200), Fraction(1), "km"),
        ("-1.5e-3 mol", Fraction("-0.0015"), Fraction("0.0001"), "mol"),
        ("6.02 \\times 10^{23}", Fraction("6.02e23"), Fraction("1e21"), ""),
        ("7", Fraction(7), Fraction(1), ""),
        ("\\frac{1}{3}", Fraction(1, 3), Fraction(0), ""),
    ],
)
def test_a_quantity_keeps_its_digits(text: str, value: Fraction, last_digit: Fraction, unit: str) -> None:
    quantity = read_quantity(text)
    assert quantity is not None
    assert (quantity.value, quantity.last_digit, quantity.unit) == (value, last_digit, unit)


@pytest.mark.parametrize(
    "text", ["", "x + 1", "m/s", "1e999999999 m", "9**9**9 m", "3 " + "m" * 300, "1 2 3"]
)
def test_what_is_no_quantity_is_none(text: str) -> None:
    assert read_quantity(text) is None
