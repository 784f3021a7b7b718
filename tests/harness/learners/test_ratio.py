import math

import pytest
import torch
from torch import Tensor

from harness.learners.ratio import cispo, clip_hits, sequence, token
from harness.learning import Loss
from tests.harness.learners.token_scores import scores_of

LOSS = Loss(clip_low=0.2, clip_high=0.4)


def grown(ratios_BT: list[list[float]]) -> tuple[Tensor, Tensor]:
    """Log-probabilities of policy and old policy, so many times as likely now."""
    old_BT = torch.full((len(ratios_BT), len(ratios_BT[0])), -2.0)
    return (old_BT + torch.tensor(ratios_BT).log()).requires_grad_(), old_BT


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
    logprobs_BT, old_BT = grown([[ratio]])
    advantages_B = torch.tensor([advantage])
    found = token(scores_of(logprobs_BT, old_BT=old_BT, advantages_B=advantages_B), LOSS)
    found.loss_BT.sum().backward()  # type: ignore[no-untyped-call]  # torch's has no types
    assert found.loss_BT.item() == pytest.approx(loss)
    assert found.ratio_BT.item() == pytest.approx(ratio)
    assert (logprobs_BT.grad is not None and logprobs_BT.grad.item() != 0) == learns
    low_BT, high_BT = clip_hits(found.ratio_BT, advantages_B, LOSS)
    assert (low_BT | high_BT).item() != learns
    assert low_BT.item() == (not learns and advantage < 0)


def test_gspos_tokens_share_their_completions_geometric_mean_of_ratios() -> None:
    logprobs_BT, old_BT = grown([[1.2, 0.9, 1.0], [2.0, 1.0, 7.0]])
    found = sequence(scores_of(logprobs_BT, old_BT=old_BT, lengths=[3, 2]), LOSS)
    means = [(1.2 * 0.9) ** (1 / 3), math.sqrt(2)]
    assert found.ratio_BT[0].tolist() == pytest.approx([means[0]] * 3)
    assert found.ratio_BT[1].tolist() == pytest.approx([means[1]] * 3)
    assert found.loss_BT[:, 0].tolist() == pytest.approx([-means[0], -1.4]), "the second is clipped whole"


def test_a_token_that_cispo_clips_still_learns_with_the_bound_as_its_weight() -> None:
    logprobs_BT, old_BT = grown([[1.5, 1.0, 0.5]])
    found = cispo(scores_of(logprobs_BT, old_BT=old_BT, advantages_B=torch.tensor([2.0])), LOSS)
    found.loss_BT.sum().backward()  # type: ignore[no-untyped-call]  # torch's has no types
    assert logprobs_BT.grad is not None
    assert logprobs_BT.grad[0].tolist() == pytest.approx([-2 * 1.4, -2 * 1.0, -2 * 0.8])
    weights = [1.4, 1.0, 0.8]
    expected = [
        -weight * 2 * logprob for weight, logprob in zip(weights, logprobs_BT[0].tolist(), strict=True)
    ]
    assert found.loss_BT[0].tolist() == pytest.approx(expected)


def test_cispo_has_no_lower_bound_where_clip_low_is_1() -> None:
    logprobs_BT, old_BT = grown([[0.01]])
    found = cispo(scores_of(logprobs_BT, old_BT=old_BT), Loss(clip_low=1.0))
    found.loss_BT.sum().backward()  # type: ignore[no-untyped-call]  # torch's has no types
    assert logprobs_BT.grad is not None
    assert logprobs_BT.grad.item() == pytest.approx(-0.01)


def test_without_an_advantage_no_bound_is_met() -> None:
    hits = clip_hits(torch.tensor([[0.1, 9.0]]), torch.zeros(1), LOSS)
    assert not torch.stack(hits).any()
