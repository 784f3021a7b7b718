"""Estimates of the KL from the policy to its reference, from the log-ratio of the tokens drawn.

John Schulman, "Approximating KL divergence" (2020). Each takes log(pi / ref) and gives an estimate of
KL(pi || ref) for each token, in nats.
"""

import torch
from torch import Tensor


def k1(log_ratio_BT: Tensor) -> Tensor:
    """The log-ratio itself: unbiased, but noisy and often negative.

    As a loss its expected gradient is 0: it is here for measurement.
    """
    return log_ratio_BT


def k2(log_ratio_BT: Tensor) -> Tensor:
    """ProRL v2's, half the square: biased a little, never negative, and of the right gradient.

    Its expected gradient on the policy's own samples is that of KL(pi || ref).
    """
    return log_ratio_BT.square() / 2


def k3(log_ratio_BT: Tensor) -> Tensor:
    """GRPO's own, ref / pi - 1 - log(ref / pi): unbiased and never negative.

    Shao et al. 2024 (arXiv:2402.03300), eq. 4; ProRL's as well.
    """
    return torch.expm1(-log_ratio_BT) + log_ratio_BT
