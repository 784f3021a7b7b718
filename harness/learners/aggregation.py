"""How much each token counts in a minibatch's loss.

Every weight depends on the minibatch or the step as a whole and never on the piece of it that passes
through the model at once, so any cut into pieces gives the same gradient.

Shapes: B completion, T completion token.
"""

from torch import Tensor

from harness.errors import ConfigError
from harness.learners.scores import Window


def token_mean(mask_BT: Tensor, window: Window) -> Tensor:
    """DAPO: every token of the minibatch alike (arXiv:2503.14476, eq. 12).

    verl's and OpenRLHF's token mean, and TRL's `dapo` where a step's rollouts are one minibatch. TRL's
    `bnpo` as well, where what passes through a device at once is the whole minibatch; cut into pieces,
    TRL takes the mean of their means.
    """
    return mask_BT / window.tokens


def rollout_token_mean(mask_BT: Tensor, window: Window) -> Tensor:
    """Every token of the step alike, whichever minibatch it comes to lie in.

    TRL's `dapo` and `cispo` where a step's rollouts are several minibatches.
    """
    return mask_BT / window.mean_tokens


def sequence_mean(mask_BT: Tensor, window: Window) -> Tensor:
    """The first GRPO: every completion alike, shared out among its tokens (arXiv:2402.03300, eq. 3)."""
    return mask_BT / mask_BT.sum(dim=-1, keepdim=True).clamp(min=1) / window.rows


def constant_length(mask_BT: Tensor, window: Window) -> Tensor:
    """Dr. GRPO: every token alike, as if each completion had one constant length (arXiv:2503.20783).

    Raises:
        ConfigError: no such length was given.
    """
    if not window.constant_length:
        raise ConfigError("loss.aggregation 'dr_grpo' divides by loss.constant_length: give a number above 0")
    return mask_BT / (window.rows * window.constant_length)
