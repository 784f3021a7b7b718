"""GRPO's loss as pure functions of tensors.

Shapes: B completion, T completion token, V vocabulary; a mask_BT is 1 where there is a token.
Does not cover: advantages (`harness.advantage`), or which rows come together (`torch_learner`).
"""

from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor

LOG_RATIO_LIMIT: Final = 20.0
"""Bound on the policy-to-reference log-ratio within the KL, so that one token cannot overflow it."""


def token_logprobs(logits_BTV: Tensor, tokens_BT: Tensor, temperature: float) -> tuple[Tensor, Tensor]:
    """What the policy gives each token under the distribution that rollouts are drawn from.

    Returns:
        logprobs_BT, and entropy_BT: the exact entropy of that distribution in nats, without gradient.
    """
    logprobs_BTV = torch.log_softmax(logits_BTV.float() / temperature, dim=-1)
    with torch.no_grad():
        entropy_BT = -(logprobs_BTV.exp() * logprobs_BTV).sum(dim=-1)
    return logprobs_BTV.gather(-1, tokens_BT[..., None])[..., 0], entropy_BT


def clipped_loss(ratio_BT: Tensor, advantages_B: Tensor, *, clip_low: float, clip_high: float) -> Tensor:
    """The clipped surrogate of each token, negated: -min(r A, clip(r, 1 - low, 1 + high) A).

    ProRL (arXiv:2505.24864), eq. 3, with DAPO's two bounds (arXiv:2503.14476, eq. 10). `ratio_BT` is
    pi / pi_old.
    """
    advantages_B1 = advantages_B[:, None]
    clipped_BT = ratio_BT.clamp(1 - clip_low, 1 + clip_high)
    return -torch.minimum(ratio_BT * advantages_B1, clipped_BT * advantages_B1)


def clip_hits(
    ratio_BT: Tensor, advantages_B: Tensor, *, clip_low: float, clip_high: float
) -> tuple[Tensor, Tensor]:
    """Which tokens have lost their gradient to the lower and to the upper bound."""
    negative_B1 = advantages_B[:, None] < 0
    return (ratio_BT < 1 - clip_low) & negative_B1, (ratio_BT > 1 + clip_high) & ~negative_B1


def kl_k1(logprobs_BT: Tensor, reference_BT: Tensor) -> Tensor:
    """The log-ratio log(pi / ref) itself: unbiased for KL(pi || ref), but noisy and often negative.

    John Schulman, "Approximating KL divergence" (2020), for this and the next two. As a loss its
    expected gradient is 0: it is here for measurement.
    """
    return logprobs_BT - reference_BT


def kl_k2(logprobs_BT: Tensor, reference_BT: Tensor) -> Tensor:
    """ProRL v2's, log(pi / ref)^2 / 2: biased a little, never negative, and of the right gradient.

    Its expected gradient on the policy's own samples is that of KL(pi || ref).
    """
    return _log_ratio(logprobs_BT, reference_BT).square() / 2


def kl_k3(logprobs_BT: Tensor, reference_BT: Tensor) -> Tensor:
    """GRPO's own, ref / pi - 1 - log(ref / pi): unbiased for KL(pi || ref) and never negative.

    Shao et al. 2024 (arXiv:2402.03300), eq. 4; ProRL's as well.
    """
    log_ratio_BT = _log_ratio(logprobs_BT, reference_BT)
    return torch.expm1(-log_ratio_BT) + log_ratio_BT


KL_ESTIMATORS: Final[dict[str, Callable[[Tensor, Tensor], Tensor]]] = {
    "k1": kl_k1,
    "k2": kl_k2,
    "k3": kl_k3,
}
"""Each takes logprobs_BT of policy and reference, and gives an estimate for each token."""


def token_weights(mask_BT: Tensor, aggregation: str, *, rows: int, tokens: int) -> Tensor:
    """The weight of each token in its minibatch's loss; over a minibatch they sum to 1.

    Args:
        mask_BT: of some of the minibatch's completions.
        aggregation: `token_mean` gives every token the same weight (DAPO); `sequence_mean` gives every
            completion the same, shared out among its tokens (the first GRPO).
        rows: completions of the whole minibatch.
        tokens: completion tokens of the whole minibatch.
    """
    if aggregation == "token_mean":
        return mask_BT / tokens
    return mask_BT / mask_BT.sum(dim=-1, keepdim=True).clamp(min=1) / rows


def _log_ratio(logprobs_BT: Tensor, reference_BT: Tensor) -> Tensor:
    return (logprobs_BT - reference_BT).clamp(-LOG_RATIO_LIMIT, LOG_RATIO_LIMIT)
