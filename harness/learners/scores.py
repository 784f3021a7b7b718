"""What the parts of a loss see of completions, and of the minibatch that these come from.

Shapes: B completion, T completion token; a mask_BT is 1 where there is a token.
"""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenScores:
    """Log-probabilities of some completions' tokens under all policies that matter; 0 beyond their ends.

    All are those of the tempered distribution that rollouts are drawn from.
    """

    mask_BT: Tensor
    advantages_B: Tensor
    logprobs_BT: Tensor
    """The policy's, with gradient."""
    entropy_BT: Tensor
    """The policy's exact entropy in nats; with gradient only where the loss asks for it."""
    old_BT: Tensor
    """The old policy's, which ratios are taken to."""
    sampler_BT: Tensor
    """As the engine returned them; the same as the old policy's unless the trainer computed those."""
    reference_BT: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The minibatch that one gradient update is made of, of which a loss sees a piece at a time."""

    rows: int
    """Completions of the minibatch."""
    tokens: int
    """Their tokens."""
    mean_tokens: float
    """Tokens of a minibatch in the mean over the step."""
    constant_length: int
    """Tokens that every completion is taken to have, where they are to count alike."""


def row_mean(values_BT: Tensor, mask_BT: Tensor) -> Tensor:
    """The mean over each completion's tokens, of shape B1."""
    return (values_BT * mask_BT).sum(dim=-1, keepdim=True) / mask_BT.sum(dim=-1, keepdim=True).clamp(min=1)
