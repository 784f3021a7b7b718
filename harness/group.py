"""A group: all rollouts of one problem that were drawn together."""

from collections.abc import Sequence
from dataclasses import dataclass

from evals.rollout import Rollout
from harness.advantage import Outcomes
from rewards.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One problem's rollouts, drawn by one policy version.

    Rollouts that could not be judged are kept here, so that they are stored and counted, but
    `judged` is all that estimators and learners see.
    """

    problem: Problem
    rollouts: tuple[Rollout, ...]

    @property
    def judged(self) -> tuple[Rollout, ...]:
        """The rollouts that have a reward."""
        return tuple(rollout for rollout in self.rollouts if rollout.reward is not None)

    @property
    def rewards(self) -> list[float]:
        """Rewards of the judged rollouts, in order."""
        return [rollout.reward for rollout in self.rollouts if rollout.reward is not None]


def outcomes(groups: Sequence[Group]) -> Outcomes:
    """What advantage estimators see of these groups: judged rollouts alone."""
    return Outcomes(
        rewards_PG=[group.rewards for group in groups],
        lengths_PG=[[len(rollout.completion.token_ids) for rollout in group.judged] for group in groups],
    )
