"""A group: all rollouts of one problem that were drawn together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from evals.rollout import Rollout
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
