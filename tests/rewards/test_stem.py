"""STEM: choices, quantities, truth values, lists, words and expressions."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewards.errors import BadReference
from rewards.verdict import UNJUDGED, Outcome
from rewards.verifier import Tools
from rewards.verifiers.stem import StemVerifier
from sandbox.backend import open_backend
from tests.rewards.development_data import development_rows

PROCESSES = ["respiration", "photosynthesis", "fermentation", "glycolysis"]
PLANTS = {"answer": "B", "choices": PROCESSES}
TEN = {"answer": "J", "choices": [f"item {place}" for place in range(10)]}
BOTH = {"answer": ["A", "C"], "choices": PROCESSES}


@pytest.fixture(scope="module")
def verifier() -> Iterator[StemVerifier]:
    verifier = StemVerifier(Tools(sandbox=open_backend))
    yield verifier
    verifier.close()


@pytest.mark.parametrize(
    "response",
    [
        *(
            "B",
            "b",
            "(B)",
            "(b)",
            "B.",
            "**B**",
            "\\boxed{B}",
            "$\\boxed{\\mathrm{B}}$",
            "\\boxed{\\text{(B)}}",
        ),
        *("B) photosynthesis", "B. Photosynthesis", "B: photosynthesis", "\\boxed{B: photosynthesis}"),
        *(
            "photosynthesis",
            "Photosynthesis.",
            "\\boxed{\\text{photosynthesis}}",
            "It is the photosynthesis.",
        ),
        *("The answer is B because plants need light.", "The answer is B, not A.", "B, because of the light"),
        *("The answer is\n\n**B**", "answer: (b)", "My final answer is: b)", "ANSWER IS B", "It's B."),
        *("The correct option is (B).", "I choose B", "Option B is correct.", "(B) is the correct answer."),
        "The answer is: A. No, wait. The answer is: B.",
        "A is wrong, and so are C and D. The best answer is B",
        "Therefore, the answer is **(B) photosynthesis**.",
        "\\boxed{\\textbf{(B)}\\ \\text{photosynthesis}}",
        "<think>A</think>B",
        "Answer: B\nThe other options are wrong.",
        "Answer: B\n\nExplanation: the other choices are no way to make sugar.",
        "A long text about plants.\n" * 40 + "\n(B)",
    ],
)
def test_a_choice_is_named_by_its_letter_or_its_words(verifier: StemVerifier, response: str) -> None:
    assert verifier.verify(response, PLANTS).reward == 1.0
    assert verifier.verify(response, PLANTS | {"answer": "photosynthesis"}).reward == 1.0
    assert verifier.verify(response, PLANTS | {"answer": "C"}).reward == 0.0


@pytest.mark.parametrize(
    "response",
    [
        *("", "<think>B", "none", "none of these", "\\boxed{E}", "a bird", "The answer is not B"),
        *("A or B", "A/B", "B or C", "both A and B", "Both B and C", "Answer: (A), (B)", "A, B, C, D", "AB"),
        *("D or E", r"\boxed{A \text{ or } E}", "C or 7"),
        *("\\boxed{A} or \\boxed{B}", "neither A nor B", "The answer is neither A nor B"),
        *("B) fermentation", "The answer is (B) fermentation", "A photosynthesis", "Because plants", "B = 5"),
        *("Be careful.", "B-cells", "B^2"),
    ],
)
def test_none_or_several_choices_are_no_choice(verifier: StemVerifier, response: str) -> None:
    assert verifier.verify(response, PLANTS).reward == 0.0


@pytest.mark.parametrize(
    ("response", "answer", "reward"),
    [
        ("A good question.", "A", 0.0),
        ("A is right.", "A", 1.0),
        ("A", "A", 1.0),
        ("I think so.", "I", 0.0),
        ("I", "I", 1.0),
        ("The answer is D. It has to be.", "D", 1.0),
        ("The answer is (C).", "(D)", 0.0),
        ("c", "(c)", 1.0),
        ("The answer is (M)", "(m)", 1.0),
    ],
)
def test_a_letter_needs_no_choices(verifier: StemVerifier, response: str, answer: str, reward: float) -> None:
    assert verifier.verify(response, {"answer": answer}).reward == reward


def test_letters_go_as_far_as_the_choices(verifier: StemVerifier) -> None:
    assert verifier.verify("The answer is (J)", TEN).reward == 1.0
    assert verifier.verify("item 9", TEN).reward == 1.0
    assert verifier.verify("K", TEN).reward == 0.0
    for response in ("I choose I", "I is correct.", "Option I is correct.", "I) item 8", "The answer is I."):
        assert verifier.verify(response, TEN | {"answer": "I"}).reward == 1.0
    assert verifier.verify("\\boxed{I} and \\boxed{J}", TEN).reward == 0.0
    assert verifier.verify("T", {"answer": "T", "choices": [str(place) for place in range(26)]}).reward == 1.0


@pytest.mark.parametrize(
    ("response", "reward"),
    [
        *((each, 1.0) for each in ("A, C", "AC", "C and A", "(A) and (C)", "both A and C", "\\boxed{A, C}")),
        *((each, 1.0) for each in ("\\boxed{AC}", "The answers are A and C.", "\\boxed{A} and \\boxed{C}")),
        *((each, 0.0) for each in ("A", "C", "A, B, C", "ABCD", "A, B", "")),
    ],
)
def test_several_choices_are_a_set_where_the_reference_says_so(
    verifier: StemVerifier, response: str, reward: float
) -> None:
    assert verifier.verify(response, BOTH).reward == reward
    assert verifier.verify(response, {"answer": "A, C", "type": "choices"}).reward == reward


@pytest.mark.parametrize(
    ("answer", "reference"),
    [
        *(("981 cm/s^2", "9.81 m/s^2"), ("9.8 m/s^2", "9.81 m/s^2"), ("9.81", "9.81 m/s^2")),
        ("9.81 meters per second squared", "9.81 m/s^2"),
        ("v = 9.81 m/s^2 downward", "9.81 m/s^2"),
        ("981 cm/s^2 (9.81 m/s^2)", "9.81 m/s^2"),
        ("3.00 \\times 10^{8}\\ \\mathrm{m/s}", "3.0e8 m/s"),
        ("300{,}000 km/s", "3.0e8 m/s"),
        *(("298.15 K", "25^\\circ C"), ("77 °F", "25 \u2103"), ("4.186 J/(g·°C)", "4186 J/(kg K)")),
        ("8.314\\ \\mathrm{J\\,mol^{-1}\\,K^{-1}}", "8.314 J/(mol K)"),
        ("8.314 J/mol·K", "8.314 J mol^{-1} K^{-1}"),
        ("\\frac{3}{2}\\ \\frac{\\mathrm{kg}}{\\mathrm{m}^3}", "1.5 g/L"),
        *(("1.602e-19", "1.6e-19 C"), ("1.6\\times 10^{-19}\\,\\mathrm{C}", "1.602e-19 C")),
        *(("2.5 µm", "2.5 μm"), ("2.5 \\mu\\mathrm{m}", "2.5e-6 m"), ("4.7 k\\Omega", "4700 Ω")),
        *(("13.6 eV", "2.18e-18 J"), ("1 atm", "101.325 kPa"), ("760 mm Hg", "1.00 atm")),
        *(
            ("0.5 M", "0.5 mol/L"),
            ("1 kWh", "3.6 MJ"),
            ("30 lb/in^2", "30 psi"),
            ("2.0 x 10^3 kg", "2 metric tons"),
        ),
        *(
            ("90^\\circ", "1.57 rad"),
            ("\\frac{\\pi}{2}\\text{ rad}", "90 degrees"),
            ("0.511 MeV/c^2", "9.11e-31 kg"),
        ),
        *(("50\\%", "0.50"), ("25", "25\\%"), ("0.25", "25\\%"), ("25\\%", "25")),
        *(("12 protons", "12"), ("12", "12 protons"), ("12 proton", "12 protons"), ("5 million", "5.0e6")),
        ("25 C", "25 °C"),
        *(("5 Nm", "5 N m"), ("8.314 Jmol^{-1}K^{-1}", "8.314 J/(mol K)"), ("9.81 ms^{-2}", "9.81 m/s^2")),
        *(("9,81 m/s^2", "9.81 m/s^2"), ("1 T", "1e4 G"), ("7.00", "pH 7.00"), ("3 kgms^{-1}", "3 kg m/s")),
        *(("H₂O", "H2O"), ("\\mathrm{C_6H_{12}O_6}", "C6H12O6"), ("Fe^{3+}", "Fe^3+"), ("5 ms", "0.005 s")),
        ("9.81 m/s^2, which is what Galileo found on the Leaning Tower", "9.81 m/s^2"),
        *(("9.81 m/s^2 (downward)", "9.81 m/s^2"), ("1.2 10^{-3} \\mathrm{~nm}", "1.2 pm")),
        *(("42", "42"), ("42.0", "42"), ("\\frac{84}{2}", "42"), ("1/2", "0.50"), ("1000", "1e3")),
        *(
            ("\\sqrt{2}", "1.414"),
            ("1.41 m", "\\sqrt{2} m"),
            ("\\frac{\\pi}{2}", "1.57"),
            ("3.14", "3.1415926"),
        ),
        *(("2.45", "2.5"), ("2 m g", "2 g m"), ("2hg", "2gh"), ("1.5 J", "1.5 N m"), ("5.1 m", "5 m")),
    ],
)
def test_an_equal_quantity_is_right(verifier: StemVerifier, answer: str, reference: str) -> None:
    assert verifier.verify(f"\\boxed{{{answer}}}", {"answer": reference}).reward == 1.0


@pytest.mark.parametrize(
    ("answer", "reference"),
    [
        *(
            ("9.7 m/s^2", "9.81 m/s^2"),
            ("9.81 kg", "9.81 m/s^2"),
            ("9.81 m/s", "9.81 m/s^2"),
            ("-5 m", "5 m"),
        ),
        *(
            ("3.4 mV", "3.5 V"),
            ("3.5 mV", "3.5 V"),
            ("5 m^3", "5 m^2"),
            ("2 flurbs", "2.0 m"),
            ("5 m", "6 m"),
        ),
        *(("9.81 m/s^2 or 10 m/s^2", "9.81 m/s^2"), ("9.81 m/s^2 (10 m/s^2)", "9.81 m/s^2")),
        *(("a = 5 m, b = 6 m", "6 m"), ("60 Hz", "60 rad/s"), ("5 °C", "5 K"), ("5 dB", "5 deciB")),
        *(("13 protons", "12 protons"), ("12 neutrons", "12 protons"), ("12 m", "12 protons")),
        *(("5 mm", "5 m^2"), ("2_3", "23"), ("H_2O_2", "H2O"), ("Fe^{2+}", "Fe^3+")),
        *(("42.3", "42"), ("0.333", "1/3"), ("2500\\%", "25\\%"), ("0.1", "0.0"), ("1e-6", "0.0 m")),
        *(("3.1", "3.1415926"), ("2.6", "2.5"), ("2.4", "2.5"), ("1.7e-19", "1.602e-19 C"), ("5.3 m", "5 m")),
        *(
            ("3 m^(9^9^9^9)", "3 m"),
            ("3g h", "2gh"),
            ("2 \\pm 0.1", "2.0"),
            ("nan", "1.0"),
            ("inf m", "1.0 m"),
        ),
    ],
)
def test_another_quantity_is_wrong(verifier: StemVerifier, answer: str, reference: str) -> None:
    assert verifier.verify(f"\\boxed{{{answer}}}", {"answer": reference}).reward == 0.0


@pytest.mark.parametrize(
    ("answer", "reference", "reward"),
    [
        ("981 cm/s^2", {"unit": "$\\mathrm{~m} / \\mathrm{s}^2$"}, 1.0),
        ("9.81", {"unit": "m/s^2"}, 1.0),
        ("9.81 kg", {"unit": "m/s^2"}, 0.0),
        ("9.81", {"unit": "m/s^2", "require_unit": True}, 0.0),
        ("9.81 N/kg", {"unit": "m/s^2", "require_unit": True}, 1.0),
        ("9.4", {"rel": 0.05}, 1.0),
        ("9.4", {"rel": 0.01}, 0.0),
        ("9.9", {"abs": 0.1}, 1.0),
        ("9.80", {"abs": 0}, 0.0),
        ("981 cm", {"unit": "m", "rel": 0}, 1.0),
        ("9.81 pm", {"unit": "$10^{-3} \\mathrm{~nm}$"}, 1.0),
        ("0.00981", {"unit": "$10^{-3} \\mathrm{~nm}$"}, 1.0),
        ("9.81 nm", {"unit": "$10^{-3} \\mathrm{~nm}$"}, 0.0),
        ("9.81", {"unit": "frobs"}, 1.0),
        ("9.81 frobs", {"unit": "frobs"}, 1.0),
        ("9.81 m", {"unit": "frobs"}, 0.0),
    ],
)
def test_a_reference_may_give_unit_and_tolerance(
    verifier: StemVerifier, answer: str, reference: dict[str, Any], reward: float
) -> None:
    assert verifier.verify(f"\\boxed{{{answer}}}", {"answer": "9.81"} | reference).reward == reward


@pytest.mark.parametrize(
    ("response", "reward"),
    [
        ("The speed is \\(\\boxed{80}\\) km/h.", 1.0),
        ("$\\boxed{22.2}\\ \\mathrm{m/s}$", 1.0),
        ("\\boxed{22.2}(m/s)", 1.0),
        ("\\boxed{80} m.", 0.0),
        ("\\boxed{80} in the end", 1.0),
    ],
)
def test_a_unit_behind_the_box_belongs_to_it(verifier: StemVerifier, response: str, reward: float) -> None:
    assert verifier.verify(response, {"answer": "80 km/h"}).reward == reward


@pytest.mark.parametrize(
    ("response", "answer", "reward"),
    [
        *(
            ("True", True, 1.0),
            ("yes", True, 1.0),
            ("No", True, 0.0),
            ("1", True, 1.0),
            ("**Yes**", "yes", 1.0),
        ),
        *(
            ("The answer is False.", "False", 1.0),
            ("\\boxed{\\text{True}}", "true", 1.0),
            ("maybe", True, 0.0),
        ),
        *(
            ("True or False", "True", 0.0),
            ("yes and no", "yes", 0.0),
            ("not true", True, 0.0),
            ("", True, 0.0),
        ),
        ("No, it is not a subspace.", False, 1.0),
        ("The statement is not true.", False, 1.0),
        ("A long proof.\n" * 40 + "Therefore the statement is false.", False, 1.0),
        ("It is true that W is a subspace", True, 1.0),
    ],
)
def test_a_truth_value_is_said_in_words(
    verifier: StemVerifier, response: str, answer: bool | str, reward: float
) -> None:
    assert verifier.verify(response, {"answer": answer}).reward == reward


@pytest.mark.parametrize(
    ("response", "answer", "reward"),
    [
        *((each, [1, 2], 1.0) for each in ("[1, 2]", "(1,2)", "1, 2", "1 and 2", "\\boxed{\\{1, 2\\}}")),
        *(
            (each, [1, 2], 1.0)
            for each in ("x = 1, y = 2", "(x, y) = (1, 2)", "roots: 1, 2", "\\langle 1, 2\\rangle")
        ),
        ("\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}", [1, 2], 1.0),
        *((each, [1, 2], 0.0) for each in ("[2, 1]", "[1, 2, 3]", "[1]", "1", "1.1, 2", "[1, 2", "[1, 2]]")),
        *(("[\\frac13, 0.25]", [0.333, 0.25], 1.0), ("[0.4, 0.25]", [0.333, 0.25], 0.0)),
        *(("[0.3333, 1/4]", "[0.333, 0.25]", 1.0), ("(3,)", [3], 1.0), ("3", "[3]", 1.0)),
        *(("[[1, 2], [3, 4]]", [[1, 2], [3, 4]], 1.0), ("[[1, 2], [3, 5]]", [[1, 2], [3, 4]], 0.0)),
        *(
            ("500 cm, 2 s", ["5 m", "2 s"], 1.0),
            ("5 m, 2 m", ["5 m", "2 s"], 0.0),
            ("1, 2, and 3", [1, 2, 3], 1.0),
        ),
        *(("[2x, \\frac{x}{2}]", ["x + x", "0.5x"], 1.0), ("[2x, x]", ["x + x", "0.5x"], 0.0)),
        ("[True, no]", [True, False], 1.0),
    ],
)
def test_a_list_is_right_item_by_item(
    verifier: StemVerifier, response: str, answer: Any, reward: float
) -> None:
    assert verifier.verify(response, {"answer": answer}).reward == reward


@pytest.mark.parametrize(
    ("response", "reference", "reward"),
    [
        ("60.2", {"answer": "60", "type": "float"}, 1.0),
        ("60.2", {"answer": 60.0}, 1.0),
        ("60.2", {"answer": 60}, 0.0),
        ("60.2", {"answer": "60", "type": "integer"}, 0.0),
        ("mitochondria", {"answer": "the mitochondria"}, 1.0),
        ("chloroplasts", {"answer": "mitochondria"}, 0.0),
        ("\\boxed{\\frac{m v^2}{2}}", {"answer": "\\frac{1}{2} m v^2"}, 1.0),
        ("\\boxed{m v^2}", {"answer": "\\frac{1}{2} m v^2"}, 0.0),
        ("\\boxed{1.414}", {"answer": "\\sqrt{2}"}, 0.0),
        ("0.5", {"answer": "1/2", "type": "expression"}, 1.0),
        ("NaCl", {"answer": "NaCl", "type": "text"}, 1.0),
    ],
)
def test_words_and_expressions_and_what_the_type_says(
    verifier: StemVerifier, response: str, reference: dict[str, Any], reward: float
) -> None:
    assert verifier.verify(response, reference).reward == reward


@pytest.mark.parametrize(
    "reference",
    [
        *(
            {},
            {"answer": ""},
            {"answer": None},
            {"answer": {}},
            {"answer": float("nan")},
            {"answer": 10**2000},
        ),
        *({"answer": []}, {"answer": [1, None]}, {"answer": [[[[[1]]]]]}, {"answer": [0] * 501}),
        *(
            {"answer": "E", "choices": ["one", "two"]},
            {"answer": "A", "choices": [1]},
            {"answer": "A", "choices": "AB"},
        ),
        *({"answer": 1, "choices": ["one", "two"]}, {"answer": ["A", "Z"], "choices": ["one", "two"]}),
        *(
            {"answer": "A", "type": "no such"},
            {"answer": "maybe", "type": "bool"},
            {"answer": "1.5", "type": "int"},
        ),
        *(
            {"answer": "1", "rel": -1},
            {"answer": "1", "rel": 10**400},
            {"answer": "1", "abs": "x"},
            {"answer": "1", "abs": True},
        ),
        *(
            {"answer": "1", "unit": 5},
            {"answer": "1", "require_unit": "yes"},
            {"answer": "A", "type": ["choice"]},
        ),
        {"answer": "x" * 20_001},
    ],
)
def test_what_is_no_reference_is_the_rows_fault(verifier: StemVerifier, reference: dict[str, Any]) -> None:
    with pytest.raises(BadReference):
        verifier.verify("5", reference)


REFERENCES: list[dict[str, Any]] = [
    *(PLANTS, BOTH, {"answer": "B"}, {"answer": True}, {"answer": [1, 0.5]}, {"answer": 1.5}, {"answer": 7}),
    *({"answer": "9.81 m/s^2"}, {"answer": "photosynthesis"}, {"answer": "\\frac{1}{2} m v^2"}),
]
PIECES = [
    *(
        "\\boxed{",
        "}",
        "{",
        "(",
        ")",
        "[",
        "]",
        "the answer is ",
        "A",
        "B",
        "a",
        " or ",
        ", ",
        "\n",
        "**",
        "$",
    ),
    *(
        "9.81",
        "1e999",
        "10^{",
        "^",
        "9**9**9",
        " m",
        "/s",
        "\\frac{",
        "\\mathrm{",
        "\\text{",
        "\\circ",
        "°C",
        "\\sqrt",
    ),
    *(
        "true",
        "not ",
        "=",
        "\\approx ",
        "\x00",
        "\ud800",
        "\u202e",
        "~",
        "\\,",
        "</think>",
        "<think>",
        "%",
        "inf",
        "nan",
    ),
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=40).map("".join))
def test_whatever_a_response_holds_there_is_one_verdict(verifier: StemVerifier, response: str) -> None:
    for verdict in verifier.verify_many([(response, reference) for reference in REFERENCES]):
        assert not isinstance(verdict, Exception)
        assert verdict.status not in UNJUDGED


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "(A",
            "A, ",
            "A or ",
            "the ",
            "answer: ",
            "the answer is ",
            "option ",
            "#### ",
            "(A) ",
            "*",
            "_",
            " ",
            "\n",
        ),
        *(
            "\\boxed{",
            "}",
            "((",
            "[1,",
            "1 ",
            "9",
            "5 m",
            "m/",
            "=1",
            "\\frac{",
            "\\text{",
            "\\circ",
            "\\mu ",
            "true or ",
        ),
        *("\ud800", "\x00", "</think>", "<think>", "$", "**", "\\", "^", "a = "),
    ],
)
def test_a_million_characters_of_one_kind_come_to_an_end(verifier: StemVerifier, piece: str) -> None:
    response = piece * (1_000_000 // len(piece))
    for text in (response, f"\\boxed{{{response[:20_000]}}}", f"5 {response[:390]}", f"{response}B"):
        for verdict in verifier.verify_many([(text, reference) for reference in REFERENCES]):
            assert not isinstance(verdict, Exception)


def test_a_batch_keeps_its_order_and_a_bad_row_stops_no_other(verifier: StemVerifier) -> None:
    rows: list[tuple[str, dict[str, Any]]] = [
        ("B", PLANTS),
        ("\\boxed{mv^2}", {"answer": "m v^2"}),
        ("5", {}),
        ("5 m", {"answer": "500 cm"}),
        ("\\boxed{mv^3}", {"answer": "m v^2"}),
    ]
    found = verifier.verify_many(rows)
    assert isinstance(found[2], BadReference)
    assert [getattr(each, "reward", None) for each in found] == [1.0, 1.0, None, 1.0, 0.0]
    assert getattr(found[3], "extracted", None) == "5 m"


def test_no_answer_is_told_from_a_wrong_one(verifier: StemVerifier) -> None:
    for reference in REFERENCES:
        assert verifier.verify("<think>B", reference).status is Outcome.NO_ANSWER


FRAMES = (
    "{}",
    "\\boxed{{{}}}",
    "The answer is {}.",
    "**Answer:** {}",
    "#### {}",
    "<think>17</think>\nAnswer: {}",
)


@pytest.mark.parametrize("typed", [True, False], ids=["typed", "as texts"])
def test_the_answers_of_theorem_qa_are_told_apart(verifier: StemVerifier, typed: bool) -> None:
    """Each answer in six frames is right for its own question, and the next other one is wrong."""
    rows = development_rows("benchmarks/theoremqa_text.jsonl.gz")
    items, labels = [], []
    for place, row in enumerate(rows):
        reference = {"answer": row["answer"] if typed else str(row["answer"])}
        others = [
            each["answer"]
            for each in rows[place + 1 : place + 60]
            if each["answer_type"] == row["answer_type"] and far_apart(each["answer"], row["answer"])
        ]
        said = [
            (answer, right)
            for answer, right in ((row["answer"], True), *((each, False) for each in others[:1]))
        ]
        items += [(frame.format(answer), reference) for answer, _ in said for frame in FRAMES]
        labels += [right for _, right in said for _ in FRAMES]
    found = verifier.verify_many(items)
    wrong = [
        (item, label)
        for item, label, verdict in zip(items, labels, found, strict=True)
        if isinstance(verdict, Exception) or (verdict.reward == 1.0) != label
    ]
    assert wrong == []


def far_apart(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) > max(0.06 * abs(other), 1e-9)
    return bool(one != other)
