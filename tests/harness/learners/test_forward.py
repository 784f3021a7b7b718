import pytest
import torch
from torch import Tensor
from transformers import PreTrainedModel

from harness.learners.forward import completion_states
from harness.learners.logprobs import output_head
from tests.harness.tiny_models import tiny_policy

PROMPTS = [[5], [9, 8, 7, 6, 5, 4], [3, 2, 1]]
PROMPT_OF_ROW = [1, 0, 1, 2, 1]
COMPLETIONS = [[40, 41, 42], [43], [44, 45], [46, 47, 48, 49], [50]]


def plain_logits(model: PreTrainedModel, prompt: list[int], completion: list[int]) -> Tensor:
    logits_TV: Tensor = model(torch.tensor([[*prompt, *completion]])).logits[0]
    return logits_TV[len(prompt) - 1 : -1]


def mixed(logits_TV: Tensor) -> Tensor:
    """A number that depends on each logit in its own way."""
    weights_TV = torch.arange(logits_TV.numel()).reshape(logits_TV.shape).sin()
    return (logits_TV * weights_TV).sum()


def backward(loss: Tensor) -> None:
    loss.backward()  # type: ignore[no-untyped-call]  # torch's has no types


@pytest.mark.parametrize("architecture", ["qwen2", "llama"])
def test_shared_prompts_give_the_logits_and_gradients_of_whole_rows(architecture: str) -> None:
    model = tiny_policy(architecture).model
    shared_BTV = output_head(model)(completion_states(model, PROMPTS, PROMPT_OF_ROW, COMPLETIONS))
    rows = zip(shared_BTV, COMPLETIONS, strict=True)
    backward(torch.stack([mixed(row_TV[: len(each)]) for row_TV, each in rows]).sum())
    shared_gradients = [parameter.grad for parameter in model.parameters()]
    model.zero_grad()
    total = torch.zeros(())
    for row_TV, prompt, completion in zip(shared_BTV, PROMPT_OF_ROW, COMPLETIONS, strict=True):
        plain_TV = plain_logits(model, PROMPTS[prompt], completion)
        assert torch.allclose(row_TV[: len(completion)], plain_TV, atol=1e-5)
        total = total + mixed(plain_TV)
    backward(total)
    for shared, parameter in zip(shared_gradients, model.parameters(), strict=True):
        assert shared is not None
        assert parameter.grad is not None
        assert torch.allclose(shared, parameter.grad, atol=1e-5 + 1e-5 * parameter.grad.abs().max().item())


def test_prompts_of_a_single_token_need_no_cache() -> None:
    model = tiny_policy().model
    shared_BTV = output_head(model)(completion_states(model, [[5]], [0, 0], [[40, 41], [42]]))
    assert torch.allclose(shared_BTV[0], plain_logits(model, [5], [40, 41]), atol=1e-5)
