import threading
from collections.abc import Sequence

import pytest

from evals.errors import EvalError
from evals.sampler import Completion
from harness.sampling.desk import GradingDesk, Ticket
from rewards.errors import GradingError
from rewards.problem import Domain, Problem
from rewards.submission import Submission
from rewards.verdict import Verdict, share_verdict

PROBLEM = Problem(domain=Domain.LOGIC, prompt="p", verifier="scripted", reference={}, source="test")


def ticket(index: int) -> Ticket:
    return Ticket(PROBLEM, index, Completion(text=str(index), token_ids=(1,)))


class Gate:
    """Judges the even ones right, once it is opened."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.begun = threading.Event()
        self.batches: list[int] = []

    def grade(self, submissions: Sequence[Submission]) -> list[Verdict]:
        self.batches.append(len(submissions))
        self.begun.set()
        assert self.opened.wait(30)
        return [share_verdict(float(int(each.response) % 2 == 0)) for each in submissions]

    def close(self) -> None:
        pass


def test_grading_begins_with_the_first_completion_and_not_with_the_last() -> None:
    grader = Gate()
    desk = GradingDesk(grader, clerks=1)
    tickets = [ticket(index) for index in range(9)]
    desk.hand_in(tickets[0])
    assert grader.begun.wait(30)
    for each in tickets[1:]:
        desk.hand_in(each)
    assert grader.batches == [1]
    grader.opened.set()
    desk.wait(lambda: all(each.verdict is not None for each in tickets))
    desk.close()
    assert [each.verdict.reward for each in tickets if each.verdict] == [1, 0, 1, 0, 1, 0, 1, 0, 1]
    assert sum(grader.batches) == 9
    assert len(grader.batches) == 2, "what came meanwhile is graded together"
    assert desk.busy_seconds > 0


def test_several_clerks_grade_at_once() -> None:
    grader = Gate()
    desk = GradingDesk(grader, clerks=3)
    tickets = [ticket(index) for index in range(3)]
    for each in tickets:
        grader.begun.clear()
        desk.hand_in(each)
        assert grader.begun.wait(30), "with one clerk, the second would never begin"
    grader.opened.set()
    desk.wait(lambda: all(each.verdict is not None for each in tickets))
    desk.close()


class Broken(Gate):
    def __init__(self, error: Exception | None) -> None:
        super().__init__()
        self._error = error

    def grade(self, submissions: Sequence[Submission]) -> list[Verdict]:
        if self._error is not None:
            raise self._error
        return []


@pytest.mark.parametrize(
    ("error", "kind"),
    [(GradingError("out"), GradingError), (None, EvalError), (ZeroDivisionError("x"), ZeroDivisionError)],
)
def test_what_goes_wrong_is_told_to_whoever_waits(error: Exception | None, kind: type[Exception]) -> None:
    desk = GradingDesk(Broken(error), clerks=2)
    one = ticket(0)
    desk.hand_in(one)
    with pytest.raises(kind):
        desk.wait(lambda: one.verdict is not None)
    desk.close()
