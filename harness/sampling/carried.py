"""Groups as JSON values and back, exactly: what a checkpoint keeps of those carried to the next step."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from evals.rollout import Rollout
from evals.sampler import Completion
from harness.group import Group
from rewards.problem import Domain, Problem
from rewards.verdict import Outcome, Verdict


def group_state(group: Group) -> dict[str, Any]:
    """One group as JSON values."""
    return {
        "problem": asdict(group.problem),
        "version": group.version,
        "weight": group.weight,
        "rollouts": [
            {
                "index": rollout.index,
                "completion": asdict(rollout.completion),
                "verdict": asdict(rollout.verdict),
                "reward": rollout.reward,
                "masked": rollout.masked,
            }
            for rollout in group.rollouts
        ],
    }


def group_of(state: Mapping[str, Any]) -> Group:
    """The group that `state` was made of."""
    problem = Problem(**state["problem"] | {"domain": Domain(state["problem"]["domain"])})
    return Group(
        problem=problem,
        rollouts=tuple(
            Rollout(
                problem=problem,
                index=each["index"],
                completion=_completion_of(each["completion"]),
                verdict=Verdict(**each["verdict"] | {"status": Outcome(each["verdict"]["status"])}),
                reward=each["reward"],
                masked=each["masked"],
            )
            for each in state["rollouts"]
        ),
        version=state["version"],
        weight=state["weight"],
    )


def _completion_of(state: Mapping[str, Any]) -> Completion:
    completion = Completion(**state)
    return replace(completion, token_ids=tuple(completion.token_ids), logprobs=tuple(completion.logprobs))
