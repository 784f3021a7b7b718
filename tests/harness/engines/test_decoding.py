import pytest
import torch

from evals.sampler import Sampling
from harness.engines.decoding import choose, left_padded, nucleus, positions

CPU = torch.device("cpu")


def test_tokens_come_as_often_as_the_tempered_distribution_says() -> None:
    logits_V = torch.tensor([2.0, 1.0, -30.0, 0.5])
    uniforms_B = torch.arange(10_000) / 10_000
    tokens_B, logprobs_B = choose(logits_V.expand(10_000, 4), uniforms_B, Sampling(temperature=0.7))
    expected_V = torch.softmax(logits_V / 0.7, dim=-1)
    shares_V = torch.bincount(tokens_B, minlength=4) / 10_000
    assert shares_V.tolist() == pytest.approx(expected_V.tolist(), abs=2e-4)
    assert torch.allclose(logprobs_B.exp(), expected_V[tokens_B])


def test_the_highest_draw_never_lands_on_an_impossible_token() -> None:
    logits_BV = torch.full((1000, 5), -200.0)
    logits_BV[:, :3] = torch.randn(1000, 3, generator=torch.Generator().manual_seed(0))
    highest_B = torch.full((1000,), (1 - 2**-24) * (1 - 2**-22))
    tokens_B, _ = choose(logits_BV, highest_B, Sampling())
    assert tokens_B.max() <= 2


def test_a_nucleus_is_the_fewest_tokens_that_reach_top_p() -> None:
    probabilities_BV = torch.tensor([[0.1, 0.5, 0.15, 0.25]])
    assert nucleus(probabilities_BV, 0.5).tolist() == [[0, 0.5, 0, 0]]
    assert nucleus(probabilities_BV, 0.6)[0].tolist() == pytest.approx([0, 0.5, 0, 0.25])
    assert nucleus(probabilities_BV, 0.0001)[0].tolist() == pytest.approx([0, 0.5, 0, 0])


def test_temperature_0_takes_the_likeliest_whatever_the_draw() -> None:
    tokens_B, logprobs_B = choose(
        torch.tensor([[0.0, 3.0], [4.0, 0.0]]), torch.tensor([0.99, 0.99]), Sampling(temperature=0)
    )
    assert tokens_B.tolist() == [1, 0]
    assert logprobs_B.tolist() == pytest.approx([-0.04859, -0.01815], abs=1e-4)


def test_padding_goes_left_and_takes_no_place() -> None:
    ids_PL, mask_PL = left_padded([[5], [6, 7, 8]], CPU)
    assert ids_PL.tolist() == [[0, 0, 5], [6, 7, 8]]
    assert mask_PL.tolist() == [[0, 0, 1], [1, 1, 1]]
    assert positions(mask_PL).tolist() == [[0, 0, 0], [0, 1, 2]]
