"""The policy's part of the loss: how the ratio to the old policy is taken, and what bounds it.

Shapes: B completion, T completion token.
Does not cover: how tokens are weighed against each other (`aggregation`).
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from harness.learners.scores import TokenScores, row_mean
from harness.learning import Loss


@dataclass(frozen=True, slots=True, kw_only=True)
class Surrogate:
    """What each token adds to the loss, and the ratio that it came from."""

    loss_BT: Tensor
    ratio_BT: Tensor
    """pi / pi_old as it was before any bound, with gradient."""


def token(scores: TokenScores, loss: Loss) -> Surrogate:
    """Each token by its own ratio, between two bounds: -min(r A, clip(r, 1 - low, 1 + high) A).

    ProRL (arXiv:2505.24864), eq. 3, with DAPO's two bounds (arXiv:2503.14476, eq. 10).
    """
    ratio_BT = torch.exp(scores.logprobs_BT - scores.old_BT)
    return Surrogate(loss_BT=clipped(ratio_BT, scores.advantages_B, loss), ratio_BT=ratio_BT)


def sequence(scores: TokenScores, loss: Loss) -> Surrogate:
    """GSPO: all tokens of a completion by one ratio, the geometric mean of theirs.

    Zheng et al. 2025 (arXiv:2507.18071), eq. 5 and 7. Its mean over completions is `sequence_mean`. Its
    bounds are of another size than a token's: the paper has 3e-4 and 4e-4.
    """
    log_ratio_B1 = row_mean(scores.logprobs_BT - scores.old_BT, scores.mask_BT)
    ratio_BT = torch.exp(log_ratio_B1).expand_as(scores.logprobs_BT)
    return Surrogate(loss_BT=clipped(ratio_BT, scores.advantages_B, loss), ratio_BT=ratio_BT)


def cispo(scores: TokenScores, loss: Loss) -> Surrogate:
    """CISPO: every token learns, weighed by a bounded ratio: -sg(clip(r, 1 - low, 1 + high)) A log pi.

    MiniMax 2025 (arXiv:2506.13585), eq. 4 and 5. The paper sets no lower bound in its runs, which is
    `clip_low = 1`; so does TRL, whose `epsilon_high` is the bound itself, 1 + `clip_high` here.
    """
    ratio_BT = torch.exp(scores.logprobs_BT - scores.old_BT)
    weight_BT = ratio_BT.detach().clamp(1 - loss.clip_low, 1 + loss.clip_high)
    loss_BT = -weight_BT * scores.advantages_B[:, None] * scores.logprobs_BT
    return Surrogate(loss_BT=loss_BT, ratio_BT=ratio_BT)


def clipped(ratio_BT: Tensor, advantages_B: Tensor, loss: Loss) -> Tensor:
    """The clipped surrogate of each token, negated."""
    advantages_B1 = advantages_B[:, None]
    clipped_BT = ratio_BT.clamp(1 - loss.clip_low, 1 + loss.clip_high)
    return -torch.minimum(ratio_BT * advantages_B1, clipped_BT * advantages_B1)


def clip_hits(ratio_BT: Tensor, advantages_B: Tensor, loss: Loss) -> tuple[Tensor, Tensor]:
    """Which tokens have met the lower and the upper bound in the direction that their advantage pushes."""
    advantages_B1 = advantages_B[:, None]
    low_BT = (ratio_BT < 1 - loss.clip_low) & (advantages_B1 < 0)
    return low_BT, (ratio_BT > 1 + loss.clip_high) & (advantages_B1 > 0)
