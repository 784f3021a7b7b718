from dataclasses import replace

import pytest

from evals.rollout import Rollout
from evals.sampler import Completion
from harness.group import Group, weighted
from rewards.problem import Domain, Problem
from rewards.verdict import Outcome, Verdict


def group(rewards: list[float | None]) -> Group:
    asked = Problem(
        domain=Domain.LOGIC, prompt="p", verifier="scripted", reference={}, source="scripted:test"
    )
    rollouts = []
    for index, reward in enumerate(rewards):
        status = Outcome.INFRA_ERROR if reward is None else Outcome.PARTIAL
        verdict = Verdict(status=status, reward=reward)
        completion = Completion(text="", token_ids=(1,))
        rollouts.append(
            Rollout(problem=asked, index=index, completion=completion, verdict=verdict, reward=reward)
        )
    return Group(problem=asked, rollouts=tuple(rollouts))


@pytest.mark.parametrize(
    ("rewards", "expected"),
    [
        ([0.0, 0.0, 0.0], False),
        ([1.0, 1.0, 1.0], False),
        ([0.5, 0.5], False),
        ([0.0, 1.0], True),
        ([0.25, 0.5, 0.25], True),
        ([None, 1.0], False),
        ([None, 1.0, 0.0], True),
        ([None, None], False),
        ([0.1 + 0.2, 0.3, 0.3], False),
        ([0.3, 0.31], True),
    ],
)
def test_only_groups_with_two_rewards_that_differ_carry_a_signal(
    rewards: list[float | None], expected: bool
) -> None:
    assert group(rewards).has_signal is expected


def test_weights_count_relative_to_their_mean_and_equal_ones_change_nothing() -> None:
    one, other = group([0.0, 1.0]), replace(group([0.0, 1.0]), weight=3.0)
    assert weighted([[-0.3, 0.3], [-1.0, 1.0]], [one, other]) == [[-0.15, 0.15], [-1.5, 1.5]]
    assert weighted([[-0.3, 0.3]], [one]) == weighted([[-0.3, 0.3]], [other]) == [[-0.3, 0.3]]
