import math

import pytest
import torch
from torch import Tensor, nn
from transformers import GraniteConfig, GraniteForCausalLM

from harness.errors import TrainingError
from harness.learners.logprobs import TokenScorer, check_head
from tests.harness.tiny_models import tiny_policy

VOCABULARY = 4096
CHUNK = 64
"""Tokens whose logits over this vocabulary are 1 MiB."""


def head_and_states(tokens: int, *, dtype: torch.dtype = torch.float32) -> tuple[nn.Linear, Tensor, Tensor]:
    chance = torch.Generator().manual_seed(0)
    head = nn.Linear(8, VOCABULARY, bias=False, dtype=dtype)
    with torch.no_grad():
        head.weight.copy_(torch.randn(VOCABULARY, 8, generator=chance))
    states_ND = torch.randn(tokens, 8, generator=chance, dtype=dtype).requires_grad_()
    return head, states_ND, torch.randint(VOCABULARY, (tokens,), generator=chance)


def test_logprobs_and_entropy_are_those_of_the_tempered_distribution() -> None:
    head = nn.Linear(3, 3, bias=False)
    head.load_state_dict({"weight": torch.eye(3)})
    logits_NV = torch.tensor([[1.0, 2.0, 3.0], [0.0, 0.0, 5.0]])
    scorer = TokenScorer(temperature=1.2, logits_mib=1)
    logprobs_N, entropy_N = scorer(head, logits_NV, torch.tensor([2, 0]))
    for place, token in enumerate([2, 0]):
        weights = [math.exp(logit / 1.2) for logit in logits_NV[place].tolist()]
        shares = [weight / sum(weights) for weight in weights]
        assert logprobs_N[place].item() == pytest.approx(math.log(shares[token]), abs=1e-5)
        entropy = -sum(share * math.log(share) for share in shares)
        assert entropy_N[place].item() == pytest.approx(entropy, abs=1e-5)


@pytest.mark.parametrize("tokens", [1, CHUNK, CHUNK + 1, 5 * CHUNK - 3])
def test_chunks_give_the_numbers_and_gradients_of_the_whole(tokens: int) -> None:
    head, states_ND, tokens_N = head_and_states(tokens)
    found = []
    for logits_mib in (1, 1000):
        scorer = TokenScorer(temperature=0.8, logits_mib=logits_mib, entropy_gradient=True)
        logprobs_N, entropy_N = scorer(head, states_ND, tokens_N)
        gradients = torch.autograd.grad((logprobs_N - 0.3 * entropy_N).sum(), [states_ND, head.weight])
        found.append((logprobs_N, entropy_N, *gradients))
    for chunked, whole in zip(*found, strict=True):
        assert torch.allclose(chunked, whole, rtol=1e-6, atol=1e-6 * whole.abs().max().item())


def test_no_more_than_a_chunks_logits_are_there_at_once() -> None:
    head, states_ND, tokens_N = head_and_states(5 * CHUNK)
    seen: list[int] = []
    head.register_forward_hook(lambda _module, _inputs, output: seen.append(output.numel() * 4))
    logprobs_N, _ = TokenScorer(temperature=1.0, logits_mib=1)(head, states_ND, tokens_N)
    kept = 0

    def count(tensor: Tensor) -> Tensor:
        nonlocal kept
        kept = max(kept, tensor.numel() * 4)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(count, lambda tensor: tensor):
        logprobs_N, _ = TokenScorer(temperature=1.0, logits_mib=1)(head, states_ND, tokens_N)
    assert kept < 2**20, "the forward pass keeps no logits for the backward pass"
    logprobs_N.sum().backward()  # type: ignore[no-untyped-call]  # torch's has no types
    assert set(seen) == {2**20}


def test_scores_have_a_gradient_that_is_right_to_numerical_precision() -> None:
    states_ND = torch.randn(3, 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    head = nn.Linear(4, 5, dtype=torch.float64)
    scorer = TokenScorer(temperature=1.3, logits_mib=1, entropy_gradient=True)
    assert torch.autograd.gradcheck(
        lambda states: scorer(head, states, torch.tensor([0, 3, 4])), [states_ND.requires_grad_()]
    )


def test_the_entropy_has_no_gradient_unless_asked_for() -> None:
    head, states_ND, tokens_N = head_and_states(3)
    _, entropy_N = TokenScorer(temperature=1.0, logits_mib=1)(head, states_ND, tokens_N)
    assert not entropy_N.requires_grad


def test_a_model_that_scales_its_logits_after_the_head_is_refused() -> None:
    check_head(tiny_policy().model)
    config = GraniteConfig(
        vocab_size=32,
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        logits_scaling=8.0,
    )
    with pytest.raises(TrainingError, match="changes its logits after the output head"):
        check_head(GraniteForCausalLM(config))  # type: ignore[no-untyped-call]  # transformers' has no types
