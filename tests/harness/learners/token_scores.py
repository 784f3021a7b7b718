"""Scores of a few tokens, made up, for tests of the loss's parts."""

import torch
from torch import Tensor

from harness.learners.scores import TokenScores, Window


def scores_of(
    logprobs_BT: Tensor,
    *,
    old_BT: Tensor | None = None,
    sampler_BT: Tensor | None = None,
    reference_BT: Tensor | None = None,
    advantages_B: Tensor | None = None,
    lengths: list[int] | None = None,
) -> TokenScores:
    """Scores that are alike under every policy unless said otherwise; every token there by default."""
    rows, columns = logprobs_BT.shape
    lengths_B1 = torch.tensor(lengths or [columns] * rows)[:, None]
    same_BT = logprobs_BT.detach()
    old_BT = same_BT if old_BT is None else old_BT
    return TokenScores(
        mask_BT=(torch.arange(columns) < lengths_B1).to(logprobs_BT.dtype),
        advantages_B=torch.ones(rows, dtype=logprobs_BT.dtype) if advantages_B is None else advantages_B,
        logprobs_BT=logprobs_BT,
        entropy_BT=torch.ones_like(same_BT),
        old_BT=old_BT,
        sampler_BT=old_BT if sampler_BT is None else sampler_BT,
        reference_BT=same_BT if reference_BT is None else reference_BT,
    )


def random_scores(seed: int, rows: int = 3, columns: int = 4) -> TokenScores:
    """Four policies that differ, completions of unequal length, advantages of both signs; in float64."""
    chance = torch.Generator().manual_seed(seed)

    def draw() -> Tensor:
        return -torch.rand(rows, columns, generator=chance, dtype=torch.float64)

    return scores_of(
        draw().requires_grad_(),
        old_BT=draw(),
        sampler_BT=draw(),
        reference_BT=draw(),
        advantages_B=torch.linspace(-1, 1.5, rows, dtype=torch.float64),
        lengths=[1 + row % columns for row in range(rows)],
    )


def window_of(scores: TokenScores) -> Window:
    """The window of a minibatch that is nothing but these completions."""
    tokens = int(scores.mask_BT.sum())
    return Window(
        rows=len(scores.mask_BT),
        tokens=tokens,
        mean_tokens=tokens + 1.0,
        constant_length=scores.mask_BT.shape[1],
    )
