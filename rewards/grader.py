"""The grader: many submissions in, one verdict each out, in order."""

from collections.abc import Sequence
from typing import Protocol

from rewards.submission import Submission
from rewards.verdict import Verdict


class Grader(Protocol):
    """Grades here (`LocalGrader`) or elsewhere (`harness.hub.client.RemoteGrader`)."""

    def grade(self, submissions: Sequence[Submission]) -> list[Verdict]:
        """One verdict for each submission, in order; ours to fail as `infra_error` verdicts.

        Raises:
            GradingError: the grader as a whole cannot be reached or started.
        """
        ...

    def close(self) -> None:
        """Give back what the grader holds. Safe to call twice."""
        ...
