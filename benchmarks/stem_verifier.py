"""How right and how fast the STEM verifier is, beside math-verify and equality of texts, in one run.

`python -m benchmarks.stem_verifier [--rounds 1]` prints for each set of cases and grader: accuracy, false
positives and negatives, verdicts a second, and the median, 99th percentile and maximum of a verdict.
`--wrong` lists every wrong verdict of ours.

The sets: each answer of TheoremQA in six frames against its own question and another one's; quantities as
they are written in print, converted, and made wrong; choices named, hedged and misnamed. The latter two are
made here, so they show what is covered and not how rare the rest is.
"""

import argparse
import resource
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from math_verify import parse, verify

from benchmarks.measuring import Case, Judge, Opened, development_rows, measure, warmed
from rewards.grader import LocalGrader
from rewards.submission import Submission

WARMING = (({"answer": "3 m"}, "4 km"), ({"answer": "x + 1"}, "\\boxed{2x}"))
FRAMES = (
    "{}",
    "\\boxed{{{}}}",
    "The answer is {}.",
    "**Answer:** {}",
    "#### {}",
    "Therefore, it is\n\\[\\boxed{{{}}}\\]",
)

QUANTITIES: dict[str, tuple[list[str], list[str]]] = {
    "9.81 m/s^2": (
        ["9.81\\ \\mathrm{m/s^2}", "981 cm s^{-2}", "9.8 m/s/s", "9.81 meters per second squared", "9.81"],
        ["9.81 m/s", "98.1 m/s^2", "9.4 m/s^2", "9.81 km/s^2", "-9.81 m/s^2"],
    ),
    "8.314 J/(mol K)": (
        [
            "8.314\\,\\mathrm{J\\,mol^{-1}\\,K^{-1}}",
            "8.31 J/mol·K",
            "0.08206 L atm/(mol K)",
            "1.987 cal mol^-1 K^-1",
        ],
        ["8.314 J/mol", "8.314 kJ/(mol K)", "8.9 J/(mol K)", "8.314 J K/mol^2"],
    ),
    "1.602e-19 C": (
        ["1.602 \\times 10^{-19}\\ \\text{C}", "1.602×10⁻¹⁹ C", "0.1602 aC", "1.602*10^(-19) coulombs"],
        ["1.602 \\times 10^{19} C", "1.602 \\times 10^{-19} V", "1.8e-19 C", "1.602e-18 C"],
    ),
    "25 °C": (
        ["298.15 K", "77 °F", "25^{\\circ}\\mathrm{C}", "25 degrees Celsius", "298 K (25 °C)"],
        ["25 K", "25 °F", "298.15 °C", "30 °C", "25 °C or 30 °C"],
    ),
    "4.70 kΩ": (
        ["4700\\,\\Omega", "4.7\\ \\mathrm{k}\\Omega", "4.70e3 ohms", "0.0047 MΩ", "4.7 kV/A"],
        ["4.7 Ω", "4.7 mΩ", "5.0 kΩ", "4.7 kW", "47 kΩ"],
    ),
    "0.250 mol/L": (
        ["0.25 M", "250 mM", "0.250\\ \\mathrm{mol\\,dm^{-3}}", "250 mol/m^3", "\\frac{1}{4} mol/L"],
        ["0.25 mol", "0.25 mM", "2.5 M", "0.25 g/L", "0.3 M"],
    ),
    "13.6 eV": (
        ["2.18 \\times 10^{-18} J", "13.6\\text{ eV}", "0.0136 keV", "13.6 electron volts", "about 13.6 eV"],
        ["13.6 J", "13.6 keV", "136 eV", "-13.6 eV", "13.6 V"],
    ),
    "1.57 rad": (
        ["90^\\circ", "\\frac{\\pi}{2} rad", "1.571 radians", "0.25 revolutions", "1.57"],
        ["90 rad", "1.57^\\circ", "3.14 rad", "1.57 Hz", "45^\\circ"],
    ),
    "34 %": (["34\\%", "0.34", "34 percent", "34"], ["3.4\\%", "0.34\\%", "66\\%", "340"]),
    "1.01e5 Pa": (
        ["1 atm", "101 kPa", "1.01 bar", "760 mmHg", "14.7 psi", "1.01 \\times 10^5\\ \\mathrm{N/m^2}"],
        ["1.01 Pa", "1.01 N", "2 atm", "101 Pa", "0.9 atm"],
    ),
}
NAMED = (
    *(
        "{}",
        "({})",
        "**{}**",
        "\\boxed{{{}}}",
        "The answer is ({}).",
        "Answer: {}",
        "I choose {}",
        "{} is correct.",
    ),
    *(
        "Option {} is correct.",
        "\\boxed{{\\text{{({})}}}}",
        "The correct choice is {} because of the first law.",
    ),
)
HEDGED = (
    "{} or {}",
    "both {} and {}",
    "({}), ({})",
    "The answer is {}/{}",
    "\\boxed{{{}}} and \\boxed{{{}}}",
)


def main() -> None:
    """Measure each grader on each set."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=1)
    arguments.add_argument("--wrong", action="store_true")
    options = arguments.parse_args()
    sets = {"TheoremQA": list(_theorem_qa()), "quantities": list(_quantities()), "choices": list(_choices())}
    for name, cases in sets.items():
        for who, opened in JUDGES.items():
            rounds = options.rounds if who == "ours" else 1
            _, wrong = measure(f"{name}, {len(cases)}", who, opened, cases, rounds)
            for reference, response, truth in wrong if options.wrong and who == "ours" else []:
                print(f"  {'-' if truth else '+'} {reference} {response!r}")  # noqa: T201
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"peak memory of our workers: {peak} MiB")  # noqa: T201 - what it is for


def _theorem_qa() -> Iterator[Case]:
    rows = development_rows("benchmarks/theoremqa_text.jsonl.gz")
    for place, row in enumerate(rows):
        others = (
            each["answer"]
            for each in rows[place + 1 :] + rows[:place]
            if each["answer_type"] == row["answer_type"] and _apart(each["answer"], row["answer"])
        )
        reference = {"answer": str(row["answer"])}
        for answer, truth in ((row["answer"], True), (next(others), False)):
            yield from ((reference, frame.format(answer), truth) for frame in FRAMES)


def _apart(one: Any, other: Any) -> bool:
    """Whether two answers differ by more than any tolerance."""
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) > max(0.06 * max(abs(one), abs(other)), 1e-9)
    return bool(one != other)


def _quantities() -> Iterator[Case]:
    for gold, (right, wrong) in QUANTITIES.items():
        for answer, truth in [*((each, True) for each in right), *((each, False) for each in wrong)]:
            yield from (({"answer": gold}, frame.format(answer), truth) for frame in FRAMES)


def _choices() -> Iterator[Case]:
    words = [f"the law number {place}" for place in range(10)]
    for place, letter in enumerate("ABCDEFGHIJ"):
        other = "ABCDEFGHIJ"[place - 1]
        reference = {"answer": letter, "choices": words}
        for frame in NAMED:
            yield reference, frame.format(letter), True
            yield reference, frame.format(other), False
        for frame in HEDGED:
            yield reference, frame.format(letter, other), False
            yield reference, frame.format(other, letter), False
        for frame in FRAMES:
            yield reference, frame.format(words[place]), True
            yield reference, frame.format(words[place - 1]), False
            yield reference, frame.format(f"{letter}) {words[place]}"), True
            yield reference, frame.format(f"{letter}) {words[place - 1]}"), False


@contextmanager
def _ours() -> Iterator[Judge]:
    """A grader that remembers no quantity of an earlier round."""
    with LocalGrader() as grader:

        def judge(reference: dict[str, Any], response: str) -> bool:
            submission = Submission(id="", verifier="stem", response=response, reference=reference)
            (verdict,) = grader.grade([submission])
            return verdict.reward == 1.0

        with warmed(judge, *WARMING):
            yield judge


def _math_verify(reference: dict[str, Any], response: str) -> bool:
    gold = str(reference["answer"])
    return bool(verify(parse(f"${gold}$"), parse(response)))


JUDGES: dict[str, Opened] = {
    "ours": _ours,
    "math-verify": lambda: warmed(_math_verify, *WARMING),
    "texts": lambda: nullcontext(lambda reference, response: str(reference["answer"]) == response),
}


if __name__ == "__main__":
    main()
