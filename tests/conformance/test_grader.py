"""What every grader keeps: one verdict each, in order, whoever is at fault.

The grader that asks a hub is held to the same by the hub's own tests.
"""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from rewards.errors import GradingError
from rewards.grader import Grader, LocalGrader, grade_rows
from rewards.problem import Reference
from rewards.submission import Submission
from rewards.verdict import Outcome, Verdict
from rewards.verifier import Tools


@pytest.fixture(scope="module", params=[1, 4])
def grader(request: pytest.FixtureRequest) -> Iterator[Grader]:
    with LocalGrader(workers=request.param, own=True) as grader:
        yield grader


def submission(response: str, reference: Reference, verifier: str = "scripted") -> Submission:
    return Submission(id="", verifier=verifier, response=response, reference=reference)


class BrokenVerifier:
    """A user's own verifier with a fault in it."""

    name = "broken"
    version = "0"

    def __init__(self, tools: Tools) -> None:
        pass

    def verify(self, response: str, reference: Reference) -> Verdict:
        raise ZeroDivisionError("a fault of its author's")

    def close(self) -> None:
        pass


class ForgetfulVerifier(BrokenVerifier):
    """A user's own verifier that loses answers."""

    def verify_many(self, items: list[tuple[str, Reference]]) -> list[Verdict | Exception]:
        return []


class UnopenableVerifier(BrokenVerifier):
    """A user's own verifier that lacks what it needs."""

    def __init__(self, tools: Tools) -> None:
        raise GradingError("its model is not here")


def test_verdicts_come_in_the_order_of_the_submissions(grader: Grader) -> None:
    rewards = [place / 100 for place in range(100)]
    verdicts = grader.grade([submission("x", {"reward": reward}) for reward in rewards])
    assert [verdict.reward for verdict in verdicts] == rewards


def test_verifiers_may_be_mixed(grader: Grader) -> None:
    verdicts = grader.grade(
        [
            submission("\\boxed{2}", {"answer": "2"}, "math"),
            submission("yes", {"answer": "yes"}),
            submission("\\boxed{3}", {"answer": "2"}, "math"),
            submission("(B)", {"answer": "B"}, "stem"),
        ]
    )
    assert [(verdict.verifier, verdict.reward) for verdict in verdicts] == [
        ("math", 1.0),
        ("scripted", 1.0),
        ("math", 0.0),
        ("stem", 1.0),
    ]


def test_nothing_in_is_nothing_out(grader: Grader) -> None:
    assert grader.grade([]) == []
    assert grade_rows(grader, []) == []


def test_a_verdict_says_who_judged_and_how_long_it_took(grader: Grader) -> None:
    (verdict,) = grader.grade([submission("x", {"answer": "x", "sleep_seconds": 0.01})])
    assert (verdict.verifier, verdict.version) == ("scripted", "1")
    assert verdict.wall_ms >= 10


@pytest.mark.parametrize(
    ("verifier", "reference", "reason"),
    [
        ("scripted", {}, "'reward', 'answer'"),
        ("math", {"answer": 3}, "a text"),
        ("math", {"answer": {1, 2}}, "a text"),
        ("puzzle", {"dataset": "chain_sum", "entry": {"answer": "1", "metadata": {1: {2}}}}, "JSON"),
    ],
)
def test_a_row_that_cannot_be_graded_is_invalid_and_says_why(
    grader: Grader, verifier: str, reference: Reference, reason: str
) -> None:
    bad, good = grader.grade([submission("x", reference, verifier), submission("x", {"answer": "x"})])
    assert (bad.status, bad.reward) == (Outcome.INVALID_ROW, None)
    assert reason in str(bad.detail)
    assert good.reward == 1.0


@pytest.mark.parametrize(
    ("verifier", "reference", "reason"),
    [
        ("maths", {}, "no verifier 'maths': have code"),
        ("os:system", {}, "no verifier 'os:system'"),
        ("no_such.module:Verifier", {}, "cannot be loaded"),
        ("scripted", {"fail": "the disk is full"}, "the disk is full"),
        (f"{__name__}:BrokenVerifier", {}, "ZeroDivisionError: a fault of its author's"),
        (f"{__name__}:ForgetfulVerifier", {}, "0 verdicts for 1"),
        (f"{__name__}:UnopenableVerifier", {}, "its model is not here"),
    ],
)
def test_our_own_failure_is_no_verdict_on_the_answer(
    grader: Grader, verifier: str, reference: Reference, reason: str
) -> None:
    failed, good = grader.grade([submission("x", reference, verifier), submission("x", {"answer": "x"})])
    assert (failed.status, failed.reward) == (Outcome.INFRA_ERROR, None)
    assert reason in str(failed.detail)
    assert good.reward == 1.0


def test_a_module_is_never_loaded_for_one_who_may_not_name_it() -> None:
    with LocalGrader() as grader:
        (verdict,) = grader.grade([submission("x", {}, f"{__name__}:BrokenVerifier")])
    assert verdict.status is Outcome.INFRA_ERROR


def test_a_missing_sandbox_is_our_failure() -> None:
    program = {"tests": [{"stdin": "", "stdout": "1"}]}
    with LocalGrader(sandbox="no-such-backend") as grader:
        (verdict,) = grader.grade([submission("```python\nprint(1)\n```", program, "code")])
    assert verdict.status is Outcome.INFRA_ERROR
    assert "no-such-backend" in str(verdict.detail)


def test_rows_in_are_rows_out_bad_ones_included(grader: Grader) -> None:
    rows = [
        {"id": "a", "verifier": "scripted", "response": "x", "reference": {"answer": "x"}},
        "not a row",
        {"id": 7, "verifier": "scripted", "response": None, "reference": {}},
        {"verifier": "scripted", "response": "y", "reference": {"answer": "x"}},
    ]
    out = grade_rows(grader, rows)
    assert [row["id"] for row in out] == ["a", "1", 7, "3"]
    assert [row["status"] for row in out] == ["correct", "invalid_row", "invalid_row", "incorrect"]
    assert [row["reward"] for row in out] == [1.0, None, None, 0.0]
    assert set(out[0]) == {"id", "reward", "status", "extracted", "detail", "verifier", "wall_ms"}


def test_it_can_be_closed_twice_and_used_again_afterwards() -> None:
    grader = LocalGrader()
    for _ in range(2):
        assert grader.grade([submission("x", {"answer": "x"})])[0].reward == 1.0
        grader.close()
        grader.close()


def test_importing_it_loads_no_heavy_library() -> None:
    heavy = "sympy, math_verify, reasoning_gym, pint, langdetect, numpy, pydantic"
    program = (
        f"import sys, rewards.grader; print([name for name in '{heavy}'.split(', ') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
