import pytest
import torch

from harness.errors import ConfigError
from harness.learners.aggregation import constant_length, rollout_token_mean, sequence_mean, token_mean
from harness.learners.scores import Window

MASK_BT = torch.tensor([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0]])
WINDOW = Window(rows=2, tokens=4, mean_tokens=5.0, constant_length=8)


def test_token_mean_weighs_all_tokens_of_the_minibatch_alike() -> None:
    assert token_mean(MASK_BT, WINDOW).tolist() == [[0.25, 0.25, 0.25], [0.25, 0, 0]]


def test_rollout_token_mean_weighs_all_tokens_of_the_step_alike() -> None:
    assert torch.allclose(rollout_token_mean(MASK_BT, WINDOW), MASK_BT * 0.2)


def test_sequence_mean_weighs_completions_alike_and_shares_out_among_their_tokens() -> None:
    weights_BT = sequence_mean(MASK_BT, WINDOW)
    assert weights_BT.sum(dim=1).tolist() == pytest.approx([0.5, 0.5])
    assert weights_BT[0].tolist() == pytest.approx([1 / 6] * 3)


def test_a_constant_length_takes_all_completions_for_as_long() -> None:
    assert constant_length(MASK_BT, WINDOW)[0].tolist() == pytest.approx([1 / 16] * 3)
    with pytest.raises(ConfigError, match=r"loss\.constant_length"):
        constant_length(MASK_BT, Window(rows=2, tokens=4, mean_tokens=5.0, constant_length=0))
