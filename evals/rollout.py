"""A rollout: one completion of one problem, with its verdict."""

from dataclasses import dataclass

from evals.sampler import Completion
from rewards.problem import Problem
from rewards.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """One judged attempt, of training and measuring alike."""

    problem: Problem
    index: int
    """Which of the problem's samples this is, from 0."""
    completion: Completion
    verdict: Verdict
    reward: float | None
    """After the rubric, for training: lengths may shape it beyond [0, 1]. None where the answer was not
    judged."""
    masked: bool = False
    """Left out of the loss, though its reward counts in its group's baseline and in every average."""
