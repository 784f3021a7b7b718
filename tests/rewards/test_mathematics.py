"""Maths: equal is equal however it is written, and near is not equal."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

from rewards.errors import BadReference, GradingError
from rewards.expressions import ExpressionJudge
from rewards.notation import exact_number, tidy
from rewards.verdict import Outcome, Verdict
from rewards.verifier import Tools
from rewards.verifiers.mathematics import MathVerifier
from rewards.workers.pool import Reply, WorkerPool
from sandbox.backend import open_backend
from tests.rewards.development_data import development_rows


@pytest.fixture(scope="module")
def verifier() -> Iterator[MathVerifier]:
    verifier = MathVerifier(Tools(sandbox=open_backend))
    yield verifier
    verifier.close()


def by(verdict: Verdict) -> object:
    assert isinstance(verdict.detail, dict)
    return verdict.detail["by"]


@pytest.mark.parametrize(
    ("answer", "gold", "stage"),
    [
        ("42", "42", "text"),
        ("$\\dfrac{1}{2}$", "\\frac{1}{2}", "text"),
        ("\\text{Even}", "even", "text"),
        ("1,000", "1000", "number"),
        ("1 000", "1000.0", "number"),
        ("\\frac12", "0.5", "number"),
        ("2/4", "\\frac{1}{2}", "number"),
        ("(x+1)^2", "x^2+2x+1", "own"),
        ("sqrt(2)/2", "\\frac{1}{\\sqrt{2}}", "own"),
        ("2^(1/2)", "\\sqrt{2}", "own"),
        ("x = 5", "5", "own"),
        ("\\{1, 2\\}", "\\{2, 1\\}", "own"),
    ],
)
def test_equal_answers_are_correct_at_the_cheapest_stage(
    verifier: MathVerifier, answer: str, gold: str, stage: str
) -> None:
    verdict = verifier.verify(f"\\boxed{{{answer}}}", {"answer": gold})
    assert verdict.status is Outcome.CORRECT
    assert by(verdict) == stage


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("43", "42"),
        ("1/3", "1/4"),
        ("\\frac{1}{2004!}", "\\frac{1}{2006!}"),
        ("2^{-99}", "2^{-98}"),
        ("1, 3, 5, \\ldots, 2n-1", "1, 2, \\ldots, n"),
        ("4\\sqrt(2)", "4"),
        ("[0, 9)", "(0, 9)"),
        ("open('marker', 'w') or 0", "0"),
        ("x^2 + 2x - 1", "(x+1)^2"),
        ("2.232", "2.23"),
        ("1 2", "12"),
        ("Co", "CO"),
    ],
)
def test_near_misses_are_incorrect(verifier: MathVerifier, answer: str, gold: str) -> None:
    assert verifier.verify(f"\\boxed{{{answer}}}", {"answer": gold}).status is Outcome.INCORRECT


def test_a_pair_judged_lately_needs_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    judge = ExpressionJudge(workers=1)
    pairs = [("x + 1", ["1 + x"]), ("x + 2", ["1 + x"])]
    first = judge.judge_many(pairs)
    judge.close()
    asked = Reply(GradingError("asked"))
    monkeypatch.setattr(WorkerPool, "run_timed", lambda _, items, **__: [asked] * len(items))

    again = judge.judge_many(pairs)

    for before, now, reward in zip(first, again, (1.0, 0.0), strict=True):
        assert isinstance(before, Verdict)
        assert before.wall_ms > 0
        assert now == replace(before, wall_ms=0.0, queue_ms=0.0)
        assert now.reward == reward


def test_any_of_several_references_will_do(verifier: MathVerifier) -> None:
    reference = {"answers": ["1", "x + 1", "\\sqrt{4}"]}
    rewards = [
        verifier.verify(f"\\boxed{{{answer}}}", reference).reward for answer in ("1", "1 + x", "2", "3")
    ]
    assert rewards == [1.0, 1.0, 1.0, 0.0]


def test_an_expression_that_never_ends_is_a_timeout_and_costs_no_one_else(verifier: MathVerifier) -> None:
    endless = "\\boxed{\\int_0^{\\infty} \\frac{\\sin^{30} x}{x} dx}"
    verdicts = verifier.verify_many(
        [
            ("\\boxed{1+x}", {"answer": "x+1"}),
            (endless, {"answer": "\\frac{1}{2}"}),
            ("\\boxed{2+x}", {"answer": "x+2"}),
        ]
    )
    assert [verdict.status for verdict in verdicts if isinstance(verdict, Verdict)] == [
        Outcome.CORRECT,
        Outcome.TIMEOUT,
        Outcome.CORRECT,
    ]


def test_a_reference_that_no_engine_can_read_is_our_fault(verifier: MathVerifier) -> None:
    (outcome,) = verifier.verify_many([("\\boxed{1}", {"answer": "\\frac{"})])
    assert isinstance(outcome, GradingError)
    assert not isinstance(outcome, BadReference)


def test_one_pair_in_some_is_put_to_both_engines(verifier: MathVerifier) -> None:
    items = [(f"\\boxed{{x+{n}}}", {"answer": f"{n}+x"}) for n in range(200)]
    verdicts = [verdict for verdict in verifier.verify_many(items) if isinstance(verdict, Verdict)]
    asked = [
        verdict.detail
        for verdict in verdicts
        if isinstance(verdict.detail, dict) and "engines" in verdict.detail
    ]
    assert all(verdict.reward == 1.0 for verdict in verdicts)
    assert 1 <= len(asked) <= 30
    assert all(detail["engines"] == {"own": True, "math-verify": True} for detail in asked)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", Fraction(12)),
        ("-1,234.50", Fraction(-2469, 2)),
        ("1 234 567", Fraction(1234567)),
        (".5", Fraction(1, 2)),
        ("3.", Fraction(3)),
        ("-\\frac{3}{4}", Fraction(-3, 4)),
        ("\\frac34", Fraction(3, 4)),
        ("6 / 8", Fraction(3, 4)),
        ("1/0", None),
        ("1,22", None),
        ("1 2", None),
        ("1e5", None),
        ("", None),
        (".", None),
        ("-", None),
        ("x", None),
        ("9" * 301, None),
    ],
)
def test_exact_numbers_are_read_exactly_and_nothing_else_is(text: str, value: Fraction | None) -> None:
    assert exact_number(text) == value


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("$ \\left( 3, \\dfrac{\\pi}{2} \\right) $", "( 3, \\frac{\\pi}{2} )"),
        ("\\$16,\\!386.20", "16,386.20"),
        ("1\\,234", "1 234"),
        ("\\begin{pmatrix}1\\\\ 2\\end{pmatrix}", "\\begin{pmatrix}1\\\\ 2\\end{pmatrix}"),
        ("\\leftarrow", "\\leftarrow"),
        ("$1$ and $2$", "$1$ and $2$"),
    ],
)
def test_tidying_changes_looks_alone(text: str, tidied: str) -> None:
    assert tidy(text) == tidied


def test_development_cases_are_judged_as_people_did_with_no_false_positive(verifier: MathVerifier) -> None:
    rows = [row for row in development_rows("math_equiv.jsonl") if row["core"]]
    verdicts = verifier.verify_many([(row["answer"], {"answer": row["gold"]}) for row in rows])
    found = [isinstance(verdict, Verdict) and verdict.reward == 1.0 for verdict in verdicts]
    assert sum(one == row["truth"] for one, row in zip(found, rows, strict=True)) >= 0.99 * len(rows)
    assert not [row["id"] for one, row in zip(found, rows, strict=True) if one and not row["truth"]]


def test_every_official_solution_of_math500_is_right_and_every_other_wrong(verifier: MathVerifier) -> None:
    rows = development_rows("math500_solution_pairs.jsonl.gz")
    verdicts = verifier.verify_many([(row["answer"], {"answer": row["gold"]}) for row in rows])
    assert [isinstance(verdict, Verdict) and verdict.reward == 1.0 for verdict in verdicts] == [
        row["expected"] for row in rows
    ]
