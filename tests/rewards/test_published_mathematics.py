"""The rules that others publish, each with what it takes and refuses where `math` says otherwise."""

from collections.abc import Iterator
from typing import Any

import pytest

from rewards.grader import LocalGrader
from rewards.submission import Submission
from rewards.verdict import Outcome, Verdict
from tests.rewards.development_data import development_rows

DEEPSCALER, MATH_VERIFY, PRORL = "math:deepscaler", "math:math-verify", "math:prorl"


@pytest.fixture(scope="module")
def grader() -> Iterator[LocalGrader]:
    with LocalGrader() as grader:
        yield grader


def graded(grader: LocalGrader, verifier: str, response: str, **reference: Any) -> Verdict:
    (verdict,) = grader.grade([Submission(id="", verifier=verifier, response=response, reference=reference)])
    return verdict


@pytest.mark.parametrize(
    ("gold", "answer", "deepscaler", "math_verify"),
    [
        ("11/4", r"\frac{11}{4}", True, True),
        ("1/2", r"\frac{2}{4}", False, True),
        ("12", "12.0", True, True),
        ("1234", r"1{,}234", False, True),
        ("[1, 2]", "(1, 2)", False, False),
        ("(1, 2)", "(1, 2.0)", True, True),
        (r"\text{even}", "even", True, True),
        ("10", r"10\text{ cm}", True, True),
        ("x+1", "1+x", True, True),
        (r"\frac{1}{2004!}", r"\frac{1}{2006!}", False, True),
        ("7", "8", False, False),
    ],
)
def test_each_published_rule(
    grader: LocalGrader, gold: str, answer: str, deepscaler: bool, math_verify: bool
) -> None:
    response = rf"<think>hm</think> It is $\boxed{{{answer}}}$."
    said = {name: graded(grader, name, response, answer=gold) for name in (DEEPSCALER, MATH_VERIFY, PRORL)}

    assert {name: verdict.reward == 1 for name, verdict in said.items()} == {
        DEEPSCALER: deepscaler,
        MATH_VERIFY: math_verify,
        PRORL: deepscaler or math_verify,
    }
    assert said[PRORL].detail == {
        "by": "deepscaler" if deepscaler or not math_verify else "math-verify",
        "gold": gold,
        "engines": {"deepscaler": deepscaler, "math-verify": math_verify},
    }


def test_deepscaler_wants_a_box_and_math_verify_none(grader: LocalGrader) -> None:
    assert graded(grader, DEEPSCALER, "The answer is 7.", answer="7").status is Outcome.NO_ANSWER
    assert graded(grader, MATH_VERIFY, "The answer is 7.", answer="7").status is Outcome.CORRECT
    assert graded(grader, PRORL, "The answer is 7.", answer="7").status is Outcome.CORRECT
    assert graded(grader, MATH_VERIFY, r"\frac{1}{2}", answer="0.5").status is Outcome.CORRECT


def test_any_of_several_references_will_do(grader: LocalGrader) -> None:
    for name in (DEEPSCALER, MATH_VERIFY, PRORL):
        assert graded(grader, name, r"\boxed{3}", answers=["5", r"\boxed{3}"]).status is Outcome.CORRECT


def test_a_reference_that_math_verify_cannot_read_is_our_fault(grader: LocalGrader) -> None:
    assert graded(grader, MATH_VERIFY, r"\boxed{3}", answer="$$").status is Outcome.INFRA_ERROR


def test_an_answer_that_hangs_math_verify_still_counts_by_the_other_rule(grader: LocalGrader) -> None:
    tower = r"\int_0^1 x^{x^{x}} dx"

    verdict = graded(grader, PRORL, rf"\boxed{{{tower}}}", answer=tower)

    assert verdict.status is Outcome.CORRECT
    assert isinstance(verdict.detail, dict)
    assert verdict.detail["by"] == "deepscaler"


def test_prorl_takes_what_either_takes(grader: LocalGrader) -> None:
    """On every labelled case; that it takes wrong ones too is why `math` is another verifier."""
    rows = [row for row in development_rows("math_equiv.jsonl") if row["core"]]
    words = {}
    for name in (DEEPSCALER, MATH_VERIFY, PRORL):
        submissions = [
            Submission(id="", verifier=name, response=row["answer"], reference={"answer": row["gold"]})
            for row in rows
        ]
        words[name] = [verdict.reward == 1 for verdict in grader.grade(submissions)]

    assert words[PRORL] == [
        one or other for one, other in zip(words[DEEPSCALER], words[MATH_VERIFY], strict=True)
    ]
    assert not any(word and not row["truth"] for word, row in zip(words[DEEPSCALER], rows, strict=True))
    assert any(word and not row["truth"] for word, row in zip(words[MATH_VERIFY], rows, strict=True))
