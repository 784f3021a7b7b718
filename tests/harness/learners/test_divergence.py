from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from harness.learners.divergence import k1, k2, k3

ESTIMATES = (k1, k2, k3)


def test_the_expected_kl_estimates_are_the_kl() -> None:
    policy_V = torch.tensor([0.5, 0.3, 0.15, 0.05])
    reference_V = torch.tensor([0.4, 0.3, 0.2, 0.1])
    log_ratio_V = (policy_V / reference_V).log()
    exact = (policy_V * log_ratio_V).sum().item()
    for estimate, tolerance in ((k1, 1e-6), (k3, 1e-6), (k2, 0.005)):
        assert (policy_V * estimate(log_ratio_V)).sum().item() == pytest.approx(exact, abs=tolerance)
    assert (k2(log_ratio_V) >= 0).all()
    assert (k3(log_ratio_V) >= 0).all()


def test_the_expected_gradient_of_k2_is_that_of_the_kl() -> None:
    logits_V = torch.tensor([0.3, -0.2, 0.9], dtype=torch.float64, requires_grad=True)
    reference_V = torch.tensor([0.2, 0.5, 0.3], dtype=torch.float64).log()
    logprobs_V = logits_V.log_softmax(-1)
    (exact_V,) = torch.autograd.grad((logprobs_V.exp() * (logprobs_V - reference_V)).sum(), logits_V)
    logprobs_V = logits_V.log_softmax(-1)
    sampled_V = logprobs_V.detach().exp() * k2(logprobs_V - reference_V)
    (found_V,) = torch.autograd.grad(sampled_V.sum(), logits_V)
    assert torch.allclose(found_V, exact_V)


@pytest.mark.parametrize("estimate", ESTIMATES)
def test_equal_policies_have_no_kl(estimate: Callable[[Tensor], Tensor]) -> None:
    assert estimate(torch.zeros(1, 3)).tolist() == [[0, 0, 0]]


@pytest.mark.parametrize("estimate", ESTIMATES)
def test_the_kl_gradients_are_right_to_numerical_precision(estimate: Callable[[Tensor], Tensor]) -> None:
    log_ratio_BT = torch.randn(2, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    assert torch.autograd.gradcheck(estimate, [log_ratio_BT.requires_grad_()])
