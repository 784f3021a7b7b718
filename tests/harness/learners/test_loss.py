from dataclasses import replace
from itertools import product

import pytest
import torch
from torch import Tensor

from harness.learners.loss import open_objective
from harness.learning import AGGREGATIONS, CORRECTIONS, KL_ESTIMATORS, RATIOS, Loss
from tests.harness.learners.token_scores import random_scores, scores_of, window_of

KINDS = list(product(sorted(RATIOS), sorted(AGGREGATIONS)))


@pytest.mark.parametrize("correction", sorted(CORRECTIONS))
@pytest.mark.parametrize(("ratio", "aggregation"), KINDS)
def test_the_gradient_is_right_to_numerical_precision(ratio: str, aggregation: str, correction: str) -> None:
    loss = Loss(
        ratio=ratio,
        aggregation=aggregation,
        correction=correction,
        kl_coefficient=0.3,
        entropy_coefficient=0.2,
        old_logprobs="trainer",
    )
    objective, scores = open_objective(loss), random_scores(seed=1)
    start_BT = scores.logprobs_BT.detach().clone()

    def whole(logprobs_BT: Tensor, entropy_BT: Tensor) -> Tensor:
        # CISPO's weight is to be a constant: where the policy moves, what it is compared with moves along.
        shift_BT = (logprobs_BT.detach() - start_BT) * (ratio == "cispo")
        moved = replace(
            scores,
            logprobs_BT=logprobs_BT,
            entropy_BT=entropy_BT,
            old_BT=scores.old_BT + shift_BT,
            sampler_BT=scores.sampler_BT + shift_BT,
        )
        return objective(moved, window_of(scores))[0]

    inputs = [start_BT.clone().requires_grad_(), torch.rand_like(start_BT).requires_grad_()]
    assert torch.autograd.gradcheck(whole, inputs)


@pytest.mark.parametrize(("ratio", "aggregation"), KINDS)
def test_any_split_gives_the_same_gradient(ratio: str, aggregation: str) -> None:
    loss = Loss(ratio=ratio, aggregation=aggregation, kl_coefficient=0.3, entropy_coefficient=0.2)
    objective, scores = open_objective(loss), random_scores(seed=2, rows=6)
    window = window_of(scores)
    (whole_BT,) = torch.autograd.grad(objective(scores, window)[0].sum(), scores.logprobs_BT)
    for cuts in ([1, 5], [2, 2, 2], [1] * 6):
        found_BT = torch.zeros_like(whole_BT)
        places = torch.split(torch.arange(6), cuts)
        for rows in places:
            part = replace(
                scores, **{name: getattr(scores, name)[rows] for name in scores.__dataclass_fields__}
            )
            found_BT += torch.autograd.grad(objective(part, window)[0].sum(), scores.logprobs_BT)[0]
        assert torch.allclose(found_BT, whole_BT, rtol=1e-12, atol=1e-15)


def test_what_lies_past_a_completions_end_is_not_learnt_from() -> None:
    scores = random_scores(seed=3)
    for ratio, aggregation in KINDS:
        objective = open_objective(Loss(ratio=ratio, aggregation=aggregation, kl_coefficient=0.3))
        loss = objective(scores, window_of(scores))[0].sum()
        (gradient_BT,) = torch.autograd.grad(loss, scores.logprobs_BT)
        assert not gradient_BT[scores.mask_BT == 0].any()
        assert gradient_BT[scores.mask_BT == 1].any()


@pytest.mark.parametrize("name", sorted(KL_ESTIMATORS))
def test_far_policies_have_a_finite_kl_by_the_limit(name: str) -> None:
    scores = scores_of(torch.tensor([[-0.1, -3.0, -200.0]]), reference_BT=torch.tensor([[-300.0, -3.0, 0.0]]))
    for limit, whole in ((20.0, True), (10.0, True), (float("inf"), name != "k3")):
        loss_B, _ = open_objective(Loss(kl_estimator=name, kl_limit=limit))(scores, window_of(scores))
        assert loss_B.isfinite().all() == whole
    found = open_objective(Loss(kl_coefficient=1.0, kl_estimator="k2", kl_limit=10.0))(
        scores, window_of(scores)
    )
    assert found[0].item() == pytest.approx((50 + 0 + 50) / 3 - 1)


def test_without_weight_an_infinite_kl_does_no_harm() -> None:
    scores = scores_of(torch.tensor([[-200.0]]), reference_BT=torch.tensor([[0.0]]))
    loss_B, _ = open_objective(Loss(kl_coefficient=0.0, kl_limit=float("inf")))(scores, window_of(scores))
    assert loss_B.item() == -1


def test_an_entropy_bonus_is_on_the_mean_entropy_of_a_token_whatever_the_aggregation() -> None:
    scores = random_scores(seed=4)
    for aggregation in sorted(AGGREGATIONS):
        plain, bonus = (
            open_objective(Loss(aggregation=aggregation, entropy_coefficient=each))(
                scores, window_of(scores)
            )[0]
            for each in (0.0, 0.5)
        )
        assert (plain.sum() - bonus.sum()).item() == pytest.approx(0.5 * 1.0)


def test_a_correction_weighs_the_surrogate_and_leaves_the_kl() -> None:
    scores = scores_of(
        torch.tensor([[-1.0, -1.0]]),
        sampler_BT=torch.tensor([[-1.0, -9.0]]),
        reference_BT=torch.tensor([[-2.0, -2.0]]),
    )
    loss = Loss(correction="icepop", old_logprobs="trainer", kl_coefficient=1.0, kl_estimator="k2")
    loss_B, measured_BT = open_objective(loss)(scores, window_of(scores))
    assert measured_BT["correction"].tolist() == [[1, 0]]
    assert measured_BT["sampler_gap"].tolist() == [[0, 8]]
    assert loss_B.item() == pytest.approx((-1 + 0) / 2 + 0.5)
