"""Log-probabilities and entropies of tokens from hidden states, a bounded number of logits at a time.

At a vocabulary of 151,665 the logits of 64 completions of 512 tokens would take 20 GB. Here the
states of all tokens go through the output head in chunks, and each chunk's logits are computed again
when its gradient is.

Shapes: N token, D hidden unit, V vocabulary.
"""

from typing import Final

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint
from transformers import PreTrainedModel

from harness.errors import TrainingError

FLOAT_BYTES: Final = 4
MIB: Final = 2**20


class TokenScorer:
    """Scores tokens under the distribution that rollouts are drawn from."""

    def __init__(self, *, temperature: float, logits_mib: int, entropy_gradient: bool = False) -> None:
        """Score at `temperature`, with full-vocabulary logits of `logits_mib` MiB at once.

        With `entropy_gradient` the entropy can be trained on, for the memory of another chunk.
        """
        self._temperature = temperature
        self._logits_mib = logits_mib
        self._entropy_gradient = entropy_gradient

    def __call__(self, head: nn.Linear, states_ND: Tensor, tokens_N: Tensor) -> tuple[Tensor, Tensor]:
        """What each state gives its token.

        Returns:
            logprobs_N, and entropy_N: the exact entropy of the token's distribution in nats.
        """
        size = self.chunk_tokens(head)
        if len(tokens_N) <= size:
            return self._chunk(head, states_ND, tokens_N)
        chunks = [
            checkpoint(self._chunk, head, states, tokens, use_reentrant=False, preserve_rng_state=False)
            for states, tokens in zip(torch.split(states_ND, size), torch.split(tokens_N, size), strict=True)
        ]
        return torch.cat([logprobs for logprobs, _ in chunks]), torch.cat([entropy for _, entropy in chunks])

    def chunk_tokens(self, head: nn.Linear) -> int:
        """Tokens whose logits fit into the memory given."""
        return max(1, self._logits_mib * MIB // (FLOAT_BYTES * head.out_features))

    def _chunk(self, head: nn.Linear, states_ND: Tensor, tokens_N: Tensor) -> tuple[Tensor, Tensor]:
        logits_NV = head(states_ND)
        logits_NV = logits_NV.to(torch.promote_types(logits_NV.dtype, torch.float32))
        # In place: nothing else looks at these logits, and they are the largest thing in memory.
        logprobs_NV = torch.log_softmax(logits_NV.div_(self._temperature), dim=-1)
        with torch.set_grad_enabled(self._entropy_gradient and torch.is_grad_enabled()):
            entropy_N = -(logprobs_NV.exp() * logprobs_NV).sum(dim=-1)
        return logprobs_NV.gather(-1, tokens_N[:, None])[:, 0], entropy_N


def output_head(model: PreTrainedModel) -> nn.Linear:
    """The last layer of `model`, from hidden states to logits.

    Raises:
        TrainingError: it is of another kind.
    """
    head = model.get_output_embeddings()  # type: ignore[no-untyped-call]  # transformers' has no types
    if not isinstance(head, nn.Linear):
        raise TrainingError(f"{type(model).__name__} has no linear output head, which this learner needs")
    return head


def check_head(model: PreTrainedModel) -> None:
    """Make sure that a model's logits are its output head's and nothing is done to them after it.

    Raises:
        TrainingError: they are scaled, capped or otherwise changed, which scoring by chunks would miss.
    """
    head = output_head(model)
    ids = torch.zeros(1, 1, dtype=torch.long, device=model.device)
    with torch.no_grad():
        expected, found = model(input_ids=ids).logits, head(model.base_model(input_ids=ids).last_hidden_state)
    if not torch.allclose(expected, found, rtol=1e-3, atol=1e-3):
        raise TrainingError(
            f"{type(model).__name__} changes its logits after the output head: this learner cannot train it"
        )
