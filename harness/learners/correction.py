"""Factors on each token's surrogate for what lies between the trainer's and the sampler's numbers.

The two compute the same policy with different kernels, precisions or versions. A factor follows from
their ratio w = pi_old / pi_sampler and has no gradient.

Shapes: B completion, T completion token.
"""

import torch
from torch import Tensor

from harness.learners.scores import TokenScores, row_mean
from harness.learning import Loss


def none(scores: TokenScores, _loss: Loss) -> Tensor:
    """Take the sampler at its word."""
    return torch.ones_like(scores.old_BT)


def truncated(scores: TokenScores, loss: Loss) -> Tensor:
    """Truncated importance sampling: min(w, high) for each token.

    Yao et al. 2025, "Your efficient RL framework secretly brings you off-policy RL training". OpenRLHF
    raises small weights to its lower bound too.
    """
    return _weights(scores).clamp(max=loss.correction_high)


def icepop(scores: TokenScores, loss: Loss) -> Tensor:
    """IcePop: w where it lies within the bounds, and 0 for a token where not (arXiv:2510.18855)."""
    weights_BT = _weights(scores)
    return weights_BT * _within(weights_BT, loss)


def sequence_mask(scores: TokenScores, loss: Loss) -> Tensor:
    """Each token's w in a completion whose geometric mean of w lies within the bounds, else 0 for all.

    `seq-mask-tis` of OpenRLHF and NeMo-RL, which is ProRL v2.1's with bounds of 0.999 and 1.002.
    """
    means_B1 = torch.exp(row_mean(scores.old_BT - scores.sampler_BT, scores.mask_BT))
    return _weights(scores) * _within(means_B1, loss)


def _weights(scores: TokenScores) -> Tensor:
    return torch.exp(scores.old_BT - scores.sampler_BT)


def _within(weights: Tensor, loss: Loss) -> Tensor:
    return (weights >= loss.correction_low) & (weights <= loss.correction_high)
