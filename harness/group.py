"""A group: all rollouts of one problem that were drawn together."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from evals.rollout import Rollout
from harness.advantage import Outcomes
from rewards.problem import Problem

LEAST_VARIANCE: Final = 1e-12
"""Rewards that vary less are equal but for rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One problem's rollouts, drawn by one policy version.

    Rollouts that could not be judged are kept here, so that they are stored and counted, but
    `judged` is all that estimators and learners see.
    """

    problem: Problem
    rollouts: tuple[Rollout, ...]
    version: int = 0
    """Of the policy that drew them: the step after which its weights stood."""
    weight: float = 1.0
    """1 / the chance with which the prompt was visited (`harness.sampling.outlook`)."""

    @property
    def judged(self) -> tuple[Rollout, ...]:
        """The rollouts that have a reward."""
        return tuple(rollout for rollout in self.rollouts if rollout.reward is not None)

    @property
    def rewards(self) -> list[float]:
        """Rewards of the judged rollouts, in order."""
        return [rollout.reward for rollout in self.rollouts if rollout.reward is not None]

    @property
    def has_signal(self) -> bool:
        """Whether any advantage can differ from 0: two judged rewards or more, of some variance.

        Dynamic sampling of DAPO (Yu et al. 2025, arXiv:2503.14476, section 3.2), as ProRL uses it: prompts of
        accuracy 0 or 1 are dropped; for continuous rewards, those of one value, whichever it is.
        """
        rewards = self.rewards
        return len(rewards) > 1 and statistics.pvariance(rewards) > LEAST_VARIANCE


def weighted(advantages_PG: Sequence[Sequence[float]], groups: Sequence[Group]) -> Sequence[Sequence[float]]:
    """Advantages times each group's weight, the weights taken relative to their mean (Hajek 1971)."""
    mean = statistics.fmean(group.weight for group in groups)
    return [
        [advantage * (group.weight / mean) for advantage in advantages_G]
        for advantages_G, group in zip(advantages_PG, groups, strict=True)
    ]


def without_masked(
    groups: Sequence[Group], advantages_PG: Sequence[Sequence[float]]
) -> tuple[list[Group], list[list[float]]]:
    """What is learned from, once every advantage is known: judged rollouts that are not masked.

    Groups of which nothing is left are left out.
    """
    found = []
    for group, advantages_G in zip(groups, advantages_PG, strict=True):
        pairs = [pair for pair in zip(group.judged, advantages_G, strict=True) if not pair[0].masked]
        if pairs:
            rollouts = tuple(rollout for rollout, _ in pairs)
            found.append((replace(group, rollouts=rollouts), [advantage for _, advantage in pairs]))
    return [group for group, _ in found], [advantages_G for _, advantages_G in found]


def outcomes(groups: Sequence[Group]) -> Outcomes:
    """What advantage estimators see of these groups: judged rollouts alone."""
    return Outcomes(
        rewards_PG=[group.rewards for group in groups],
        lengths_PG=[[len(rollout.completion.token_ids) for rollout in group.judged] for group in groups],
    )
