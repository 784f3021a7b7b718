from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from harness.learners.correction import icepop, none, sequence_mask, truncated
from harness.learners.scores import TokenScores
from harness.learning import Loss
from tests.harness.learners.token_scores import scores_of

LOSS = Loss(correction_low=0.5, correction_high=2.0)


def mismatched(weights_BT: list[list[float]], lengths: list[int] | None = None) -> TokenScores:
    """Scores of a trainer that finds tokens so many times as likely as the sampler does."""
    old_BT = torch.tensor(weights_BT).log() - 3
    return scores_of(old_BT, sampler_BT=torch.full_like(old_BT, -3.0), lengths=lengths)


def test_none_trusts_the_sampler() -> None:
    assert none(mismatched([[0.1, 9.0]]), LOSS).tolist() == [[1, 1]]


def test_truncated_weights_have_an_upper_bound_alone() -> None:
    assert truncated(mismatched([[0.1, 1.5, 9.0]]), LOSS)[0].tolist() == pytest.approx([0.1, 1.5, 2.0])


def test_icepop_leaves_out_tokens_outside_the_bounds() -> None:
    assert icepop(mismatched([[0.1, 0.6, 1.5, 9.0]]), LOSS)[0].tolist() == pytest.approx([0, 0.6, 1.5, 0])


def test_a_sequence_mask_leaves_out_completions_by_their_mean_and_keeps_the_others_weights() -> None:
    # The second one's mean would be within the bounds were its padding counted.
    factor_BT = sequence_mask(mismatched([[0.25, 4.0, 1.0], [8.0, 1.0, 0.01]], lengths=[3, 2]), LOSS)
    assert factor_BT[0].tolist() == pytest.approx([0.25, 4.0, 1.0])
    assert factor_BT[1].tolist() == [0, 0, 0]


@pytest.mark.parametrize("correct", [truncated, icepop, sequence_mask])
def test_a_sampler_that_agrees_changes_nothing(correct: Callable[[TokenScores, Loss], Tensor]) -> None:
    factor_BT = correct(mismatched([[1.0, 1.0]]), LOSS)
    assert factor_BT[0].tolist() == pytest.approx([1.0, 1.0], abs=1e-6)
