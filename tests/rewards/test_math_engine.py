"""The maths engine by itself: what it takes for equal, what it does not, and what it refuses to read."""

import builtins
from typing import Any, NoReturn

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from rewards.mathematics.engine import equal
from tests.rewards.development_data import development_rows

ALIKE = [
    ("p^2q", "qp^2"),
    ("\\frac{V}{R}", "VR^{-1}"),
    ("\\frac{GMm}{r^2}", "GMmr^{-2}"),
    ("4\\text{ hours}", "4 h"),
    ("12\\text{ red apples}", "12 apples"),
    ("12\\text{ units}", "12 cm"),
    ("11/4", "2.75"),
    ("\\frac{11}{4}", "2 3/4"),
    ("2\\frac{3}{4}", "2.75"),
    ("1,234", "1234"),
    ("x^2-1", "(x-1)(x+1)"),
    ("\\frac{1}{\\sqrt{2}}", "\\frac{\\sqrt{2}}{2}"),
    ("\\sin^2 x+\\cos^2 x", "1"),
    ("(-\\infty,2)\\cup(2,\\infty)", "x \\ne 2"),
    ("[1,3]", "1 \\le x \\le 3"),
    ("x\\le -1 \\text{ or } x\\ge 3", "(-\\infty,-1]\\cup[3,\\infty)"),
    ("\\{1,2,3\\}", "\\{3,2,1\\}"),
    ("1\\pm\\sqrt{2}", "1+\\sqrt2, 1-\\sqrt2"),
    ("x=1\\pm\\sqrt{2}", "1-\\sqrt2, 1+\\sqrt2"),
    ("y=2x+3", "2x-y+3=0"),
    ("y=2x+3", "y=3+2x"),
    ("\\frac{\\pi}{2}", "90^\\circ"),
    ("45^\\circ", "45"),
    ("5\\text{ cm}", "5"),
    ("5", "5 \\text{ apples}"),
    ("25\\%", "25"),
    ("0.25", "25\\%"),
    ("\\frac14", "25\\%"),
    ("3\\times 10^8", "300000000"),
    ("3 \\times 10^{8}", "3e8"),
    ("\\log_2 8", "3"),
    ("\\sqrt[3]{8}", "2"),
    ("\\binom{5}{2}", "10"),
    ("5!", "120"),
    ("\\lfloor 3.7 \\rfloor", "3"),
    ("|{-3}|", "3"),
    ("\\begin{pmatrix}1\\\\2\\end{pmatrix}", "\\begin{bmatrix}1\\\\2\\end{bmatrix}"),
    ("\\text{(B)}", "B"),
    ("\\text{no solution}", "no solution"),
    ("\\emptyset", "\\{\\}"),
    ("2^{10}", "1024"),
    ("e^{i\\pi}", "-1"),
    ("\\frac{n(n+1)}{2}", "\\frac{n^2+n}{2}"),
    ("\\sqrt{\\frac1n}", "\\frac{1}{\\sqrt n}"),
    ("2x(x+1)", "2x^2+2x"),
    ("ab+ac", "a(b+c)"),
    ("\\ln 8", "3\\ln 2"),
    ("-\\frac{1}{2}", "\\frac{-1}{2}"),
    ("1/2004!", "\\frac{1}{2004!}"),
    ("\\$5.50", "5.5"),
    ("12{,}345", "12345"),
    ("0.333333", "1/3"),
    ("\\frac13", "0.333333333333333"),
    ("T_s", "T_{\\mathrm{s}}"),
    ("p=5,q=2 \\text{ and } p=7,q=2", "p=5,q=2 and p=7,q=2"),
    ("(2,3)", "x=2,y=3"),
    ("x=2,y=3", "(2,3)"),
    ("52_8", "52_8"),
    ("\\mathbb{R}", "(-\\infty,\\infty)"),
    ("3:4", "3/4"),
    ("a_1=3", "3"),
    ("10x-5", "5(2x-1)"),
    ("\\frac{2}{3}\\pi", "\\frac{2\\pi}{3}"),
    ("2\\pi r", "2r\\pi"),
    ("\\cot x", "\\frac{\\cos x}{\\sin x}"),
    ("e^{x+y}", "e^x e^y"),
    ("\\tan^{-1}(1)", "\\frac{\\pi}{4}"),
    ("x \\in (1,2)", "1<x<2"),
    ("y \\ge 3", "[3,\\infty)"),
    ("6 \\text{ or } 7", "7, 6"),
    ("\\dfrac{3}{4}\\text{ hours}", "45/60"),
    ("3-2i", "-2i+3"),
    ("10:30", "10:30"),
    ("\\text{Tuesday}", "tuesday"),
    ("(x-1)^2+(y-2)^2=4", "x^2+y^2-2x-4y+1=0"),
    ("-4 < x < 2", "(-4, 2)"),
    ("{5}", "5"),
    ("16\\sqrt{3}", "16 \\cdot \\sqrt{3}"),
    ("2+3i", "(2+3i)"),
    ("0.5", "\\frac{1}{2}"),
    ("9\\pi", "9 pi"),
    ("x^{10}", "x^{10}"),
    ("1.5", "3/2"),
    ("f(x)=2x", "2x"),
    ("\\sec x", "1/\\cos x"),
    ("\\sqrt{12}", "2\\sqrt{3}"),
    ("\\overline{AB}", "AB"),
    ("\\frac{x}{y}", "x/y"),
    ("5^{1/3}", "\\sqrt[3]{5}"),
    ("-1", "−1"),
    ("2,\\!000", "2000"),
    ("n \\equiv 3 \\pmod 5", "n \\equiv 3 \\pmod{5}"),
    ("\\left\\{\\frac12,3\\right\\}", "\\{3,0.5\\}"),
]
"""(reference, answer) that say the same."""

DIFFERENT = [
    ("ab^2", "(ab)^2"),
    ("12\\text{ protons}", "12\\text{ neutrons}"),
    ("4\\text{ hours}", "4 m"),
    ("11/4", "2.7500001"),
    ("11/4", "2.750000000001"),
    ("1/2004!", "1/2006!"),
    ("2^{-99}", "2^{-98}"),
    ("(1,2)", "(2,1)"),
    ("(1,2)", "[1,2]"),
    ("\\{1,2\\}", "(1,2)"),
    ("7", "7 or 8"),
    ("7", "7, 8"),
    ("7", "\\{7,8\\}"),
    ("x<3", "x\\le 3"),
    ("x<3", "x>3"),
    ("1-1/e", "1+1/e"),
    ("x+1", "x-1"),
    ("3x-y+13=0", "3x+4y+14=0"),
    ("\\sqrt{2}", "1.414"),
    ("\\pi", "3.14"),
    ("\\pi", "22/7"),
    ("5 \\text{ cm}", "5 \\text{ m}"),
    ("2.5", "2.51"),
    ("3.14", "\\pi"),
    ("|x|", "x"),
    ("x", "y"),
    ("52_8", "52_9"),
    ("12:00", "1:00"),
    ("50", "50.0000001"),
    ("10^{10}", "10^{11}"),
    ("0", "10^{-400}"),
    ("\\frac{1}{3}", "0.33"),
    ("A", "B"),
    ("\\text{no solution}", "0"),
    ("[0,1]", "[0,1)"),
    ("\\begin{pmatrix}1&2\\end{pmatrix}", "\\begin{pmatrix}1\\\\2\\end{pmatrix}"),
    ("x=5", "y=5"),
    ("2", "-2"),
    ("\\pm 2", "2"),
    ("2", "\\pm 2"),
    ("1,234", "1,2,3,4"),
    ("123", "1,2,3"),
    ("1234", "(1,234)"),
    ("x^2", "2x"),
    ("e", "2.718"),
    ("100", "100!"),
    ("5", "5i"),
    ("\\infty", "-\\infty"),
    ("a+b", "ab"),
    ("2^{100}", "2^{101}"),
    ("10^{-20}", "10^{-21}"),
    ("1", "0.999999999"),
    ("\\sin 1", "\\sin 1.0000000001"),
    ("x^2+y^2=1", "x^2+y^2=2"),
    ("0.5", "50"),
    ("0.001", "0.0010001"),
    ("5", "\\text{five or six}"),
    ("4", "4\\sqrt2"),
    ("5", "5x"),
    ("\\frac{a}{b}", "\\frac{b}{a}"),
    ("(0,1)", "(0,1]"),
    ("3,4", "3"),
    ("\\{1\\}", "\\{1,2\\}"),
    ("10", "1010"),
    ("1/2", "1/2/2"),
    ("6", "2*3*2"),
    ("1000000", "1000001"),
    ("999999999999999", "999999999999998"),
    ("\\sqrt{17}", "4.1231"),
    ("x^2=4", "x=2"),
    ("30^\\circ", "30\\pi"),
    ("2\\pi", "360"),
    ("0.1", "0.10000000001"),
    ("1.414214", "1.414215"),
    ("x^{10}", "x^10 + 10^{-30}"),
    ("\\frac{\\pi}{4}", "0.785398"),
]
"""(reference, answer) that do not, however near."""

HOSTILE = [
    "..." + "\\" * 500 + "\\infty x:",
    "\\mod1" * 300 + "x",
    "9**9**9**9",
    "2^{2^{2^{2^{49}}}}",
    "((((10!)!)!)!)!",
    "\\binom{10000000}{5000000}",
    "\\sin(10^{10^{10}})",
    "e^{e^{e^{e^{e}}}}",
    "(" * 900 + "1" + ")" * 900,
    "{" * 1_900,
    "\\sqrt{" * 200 + "2" + "}" * 200,
    "9" * 299,
    "1e400",
    "1+" * 900 + "1",
    "-" * 1_900 + "1",
    "\x00",
    "\ud800",
    "\u202e1",
    "0^{-1}",
    "__import__('os').system('true')",
]


@pytest.mark.parametrize(("gold", "answer"), ALIKE)
def test_what_says_the_same_is_equal(gold: str, answer: str) -> None:
    assert equal(gold, answer) is True


@pytest.mark.parametrize(("gold", "answer"), DIFFERENT)
def test_what_is_near_is_different(gold: str, answer: str) -> None:
    assert equal(gold, answer) is False


@pytest.mark.parametrize("answer", HOSTILE)
def test_nothing_hostile_equals_anything(answer: str) -> None:
    assert not equal("\\frac{x}{2} + 1", answer)
    assert not equal("7", answer)


@pytest.mark.parametrize(
    ("gold", "answer", "same"),
    [
        ("0.0666668", "0.066666793", True),
        ("0.0666668", "0.066666893", False),
        ("0.066666793", "0.0666668", True),
        ("4.123105625617661", "\\sqrt{17}", True),
        ("\\sqrt{2}", "1.4142135623730951", True),
        ("\\sqrt{2}", "1.41421356237310", True),
        ("\\sqrt{2}", "1.414213562373", False),
        ("2.232", "2.23", False),
        ("16386.20", "16386.1986", True),
        ("7.78", "70/9", False),
    ],
)
def test_decimals_are_rounded_only_where_the_rule_says_so(gold: str, answer: str, same: bool) -> None:
    assert equal(gold, answer) is same


@given(st.integers(-10_000, 10_000), st.integers(1, 999), st.integers(1, 50))
def test_a_fraction_is_itself_in_every_spelling(above: int, below: int, factor: int) -> None:
    gold = f"\\frac{{{above}}}{{{below}}}"
    assert equal(gold, f"{above * factor}/{below * factor}") is True
    assert equal(gold, f"\\dfrac{{{above * factor + 1}}}{{{below * factor}}}") is False


@given(st.text(max_size=80))
def test_any_text_has_a_word_or_none(text: str) -> None:
    assert equal("\\frac{x}{2} + 1", text) in (True, False, None)


def test_nothing_of_an_answer_is_ever_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("an answer was evaluated")

    evaluators: list[tuple[Any, str]] = [
        *((builtins, name) for name in ("eval", "exec", "compile")),
        *((sympy, name) for name in ("sympify", "parse_expr")),
    ]

    def words() -> list[bool | None]:
        return [equal(gold, answer) for gold, answer in ALIKE]

    before = words()
    for module, name in evaluators:
        monkeypatch.setattr(module, name, refuse)
    assert words() == before


def test_the_engine_alone_has_no_false_positive_on_the_uncontested_cases() -> None:
    rows = [
        row for row in development_rows("math_equiv.jsonl") if row["core"] and "boxed" not in row["answer"]
    ]
    found = [equal(row["gold"], row["answer"]) for row in rows]
    assert not [row["id"] for word, row in zip(found, rows, strict=True) if word and not row["truth"]]
