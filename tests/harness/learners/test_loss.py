import math

import pytest
import torch

from harness.learners.loss import (
    KL_ESTIMATORS,
    clip_hits,
    clipped_loss,
    kl_k1,
    kl_k2,
    kl_k3,
    token_logprobs,
    token_weights,
)

BOUNDS = {"clip_low": 0.2, "clip_high": 0.4}


def test_logprobs_and_entropy_are_those_of_the_tempered_distribution() -> None:
    logits_BTV = torch.tensor([[[1.0, 2.0, 3.0], [0.0, 0.0, 5.0]]])
    logprobs_BT, entropy_BT = token_logprobs(logits_BTV, torch.tensor([[2, 0]]), temperature=1.2)
    for place, token in enumerate([2, 0]):
        weights = [math.exp(logit / 1.2) for logit in logits_BTV[0, place].tolist()]
        shares = [weight / sum(weights) for weight in weights]
        assert logprobs_BT[0, place].item() == pytest.approx(math.log(shares[token]), abs=1e-5)
        entropy = -sum(share * math.log(share) for share in shares)
        assert entropy_BT[0, place].item() == pytest.approx(entropy, abs=1e-5)


@pytest.mark.parametrize(
    ("ratio", "advantage", "loss", "learns"),
    [
        (1.0, 2.0, -2.0, True),
        (1.3, 1.0, -1.3, True),
        (1.5, 1.0, -1.4, False),
        (0.5, 1.0, -0.5, True),
        (0.9, -1.0, 0.9, True),
        (0.7, -1.0, 0.8, False),
        (1.7, -1.0, 1.7, True),
    ],
)
def test_the_clip_takes_the_gradient_only_where_a_token_went_too_far_its_way(
    ratio: float, advantage: float, loss: float, learns: bool
) -> None:
    ratio_BT = torch.tensor([[ratio]], requires_grad=True)
    found_BT = clipped_loss(ratio_BT, torch.tensor([advantage]), **BOUNDS)
    found_BT.sum().backward()  # type: ignore[no-untyped-call]  # torch's has no types
    assert found_BT.item() == pytest.approx(loss)
    assert (ratio_BT.grad is not None and ratio_BT.grad.item() != 0) == learns
    low_BT, high_BT = clip_hits(ratio_BT, torch.tensor([advantage]), **BOUNDS)
    assert (low_BT | high_BT).item() != learns
    assert low_BT.item() == (not learns and advantage < 0)


def test_the_expected_kl_estimates_are_the_kl() -> None:
    policy_V = torch.tensor([0.5, 0.3, 0.15, 0.05])
    reference_V = torch.tensor([0.4, 0.3, 0.2, 0.1])
    exact = (policy_V * (policy_V / reference_V).log()).sum().item()
    for estimate, tolerance in ((kl_k1, 1e-6), (kl_k3, 1e-6), (kl_k2, 0.005)):
        values_V = estimate(policy_V.log(), reference_V.log())
        assert (policy_V * values_V).sum().item() == pytest.approx(exact, abs=tolerance)
    assert (kl_k2(policy_V.log(), reference_V.log()) >= 0).all()
    assert (kl_k3(policy_V.log(), reference_V.log()) >= 0).all()


def test_the_expected_gradient_of_k2_is_that_of_the_kl() -> None:
    logits_V = torch.tensor([0.3, -0.2, 0.9], dtype=torch.float64, requires_grad=True)
    reference_V = torch.tensor([0.2, 0.5, 0.3], dtype=torch.float64).log()
    logprobs_V = logits_V.log_softmax(-1)
    (exact_V,) = torch.autograd.grad((logprobs_V.exp() * (logprobs_V - reference_V)).sum(), logits_V)
    logprobs_V = logits_V.log_softmax(-1)
    sampled_V = logprobs_V.detach().exp() * kl_k2(logprobs_V, reference_V)
    (found_V,) = torch.autograd.grad(sampled_V.sum(), logits_V)
    assert torch.allclose(found_V, exact_V)


@pytest.mark.parametrize("name", sorted(KL_ESTIMATORS))
def test_equal_policies_have_no_kl_and_far_ones_a_finite_one(name: str) -> None:
    logprobs_BT = torch.tensor([[-0.1, -3.0, -200.0]])
    assert KL_ESTIMATORS[name](logprobs_BT, logprobs_BT).tolist() == [[0, 0, 0]]
    assert KL_ESTIMATORS[name](logprobs_BT, torch.zeros(1, 3)).isfinite().all()


@pytest.mark.parametrize("name", sorted(KL_ESTIMATORS))
def test_the_kl_gradients_are_right_to_numerical_precision(name: str) -> None:
    chance = torch.Generator().manual_seed(0)
    logprobs_BT = -torch.rand(2, 3, generator=chance, dtype=torch.float64)
    reference_BT = -torch.rand(2, 3, generator=chance, dtype=torch.float64)
    assert torch.autograd.gradcheck(
        lambda each: KL_ESTIMATORS[name](each, reference_BT), [logprobs_BT.requires_grad_()]
    )


def test_the_loss_gradient_is_right_to_numerical_precision() -> None:
    chance = torch.Generator().manual_seed(1)
    ratio_BT = 0.5 + torch.rand(3, 4, generator=chance, dtype=torch.float64)
    advantages_B = torch.tensor([1.0, -1.0, 0.5], dtype=torch.float64)
    assert torch.autograd.gradcheck(
        lambda each: clipped_loss(each, advantages_B, **BOUNDS), [ratio_BT.requires_grad_()]
    )


def test_token_mean_weighs_tokens_alike_and_sequence_mean_completions() -> None:
    mask_BT = torch.tensor([[1, 1, 1], [1, 0, 0]])
    assert token_weights(mask_BT, "token_mean", rows=2, tokens=4).tolist() == [
        [0.25, 0.25, 0.25],
        [0.25, 0, 0],
    ]
    by_sequence_BT = token_weights(mask_BT, "sequence_mean", rows=2, tokens=4)
    assert by_sequence_BT.sum(dim=1).tolist() == pytest.approx([0.5, 0.5])
    assert by_sequence_BT[0].tolist() == pytest.approx([1 / 6] * 3)
