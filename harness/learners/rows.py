"""The completions of one step as a learner goes through them: in minibatches, and these in pieces."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor

from harness.engines.policy import Policy
from harness.group import Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One completion to learn from."""

    prompt: tuple[int, ...]
    tokens: tuple[int, ...]
    sampler: tuple[float, ...]
    """Log-probabilities as the engine returned them."""
    old: tuple[float, ...]
    """Log-probabilities by the old policy."""
    advantage: float


def group_rows(policy: Policy, group: Group, advantages_G: Sequence[float]) -> list[Row]:
    """A group's judged completions; the sampler's numbers stand for the old policy's."""
    prompt = tuple(policy.prompt_ids(group.problem.prompt))
    return [
        Row(
            prompt=prompt,
            tokens=rollout.completion.token_ids,
            sampler=rollout.completion.logprobs,
            old=rollout.completion.logprobs,
            advantage=advantage,
        )
        for rollout, advantage in zip(group.judged, advantages_G, strict=True)
    ]


def minibatches(groups: Sequence[list[Row]], parts: int, chance: random.Random) -> list[list[Row]]:
    """All rows in a random order of groups, in `parts` minibatches or as many as there are groups."""
    order = list(groups)
    chance.shuffle(order)
    cuts = [part * len(order) // parts for part in range(parts + 1)]
    chosen = [order[start:end] for start, end in pairwise(cuts)]
    return [[row for group in part for row in group] for part in chosen if part]


def pieces(rows: Sequence[Row], size: int) -> Iterator[list[Row]]:
    """The rows by `size`, like lengths side by side.

    Padding would cost more than the prompts that a piece in order shares.
    """
    ordered = sorted(rows, key=lambda row: len(row.tokens))
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]


def padded(rows: Sequence[Sequence[float]], like_BT: Tensor) -> Tensor:
    """One row a sequence, filled up with 0 to the shape of `like_BT`, and of its type and place."""
    columns = like_BT.shape[1]
    return like_BT.new_tensor([[*row, *[0.0] * (columns - len(row))] for row in rows])
