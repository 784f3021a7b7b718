"""The whole objective, put together from the parts that the recipe names.

Shapes: B completion, T completion token.
Does not cover: log-probabilities (`logprobs`), advantages (`harness.advantage`), or which completions come
together (`torch_learner`).
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from harness.learners.divergence import k3
from harness.learners.ratio import Surrogate, clip_hits
from harness.learners.scores import TokenScores, Window
from harness.learning import AGGREGATIONS, CORRECTIONS, KL_ESTIMATORS, RATIOS, Loss
from harness.lookup import resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """A loss to be called on pieces of a minibatch; `open_objective` makes it."""

    settings: Loss
    ratio: Callable[[TokenScores, Loss], Surrogate]
    aggregation: Callable[[Tensor, Window], Tensor]
    kl: Callable[[Tensor], Tensor]
    kl_weight: Callable[[Tensor], Tensor]
    correction: Callable[[TokenScores, Loss], Tensor]

    def __call__(self, scores: TokenScores, window: Window) -> tuple[Tensor, dict[str, Tensor]]:
        """What these completions add to their minibatch's loss.

        Returns:
            loss_B, whose sum over all pieces is the minibatch's loss; and measurements of each token by
            name, of shape BT. `kl_ref` is k3, whatever the loss has.
        """
        settings, mask_BT = self.settings, scores.mask_BT
        limit = settings.kl_limit
        log_ratio_BT = (scores.logprobs_BT - scores.reference_BT).clamp(-limit, limit)
        surrogate, factor_BT = self.ratio(scores, settings), self.correction(scores, settings)
        kl_BT = self.kl(log_ratio_BT) * self.kl_weight(surrogate.ratio_BT)
        loss_BT = surrogate.loss_BT * factor_BT + settings.kl_coefficient * kl_BT
        loss_BT = loss_BT * self.aggregation(mask_BT, window)
        # The bonus is on the mean entropy of a token, however the losses of tokens are weighed.
        bonus_BT = settings.entropy_coefficient * scores.entropy_BT * mask_BT / window.tokens
        low_BT, high_BT = clip_hits(surrogate.ratio_BT, scores.advantages_B, settings)
        return (loss_BT - bonus_BT).sum(dim=-1), {
            "entropy": scores.entropy_BT,
            "kl_ref": k3(log_ratio_BT),
            "clip_low_share": low_BT,
            "clip_high_share": high_BT,
            "ratio": surrogate.ratio_BT,
            "sampler_gap": (scores.old_BT - scores.sampler_BT).abs(),
            "correction": factor_BT,
        }


def open_objective(settings: Loss) -> Objective:
    """The objective that the recipe asks for.

    Raises:
        ConfigError: a part of it is not to be had.
    """
    return Objective(
        settings=settings,
        ratio=resolve(settings.ratio, RATIOS, "ratio"),
        aggregation=resolve(settings.aggregation, AGGREGATIONS, "aggregation"),
        # Without weight it is left out whole: 0 times an infinite KL is no number.
        kl=resolve(settings.kl_estimator, KL_ESTIMATORS, "KL estimator")
        if settings.kl_coefficient
        else torch.zeros_like,
        kl_weight=torch.clone if settings.kl_weighted else torch.ones_like,
        correction=resolve(settings.correction, CORRECTIONS, "correction"),
    )
