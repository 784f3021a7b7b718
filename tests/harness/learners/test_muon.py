import pytest
import torch
from torch.nn import Parameter

from harness.learners.muon import Muon, orthogonalised


@pytest.mark.parametrize("shape", [(3, 8, 8), (2, 4, 12), (2, 12, 4)])
def test_orthogonalised_matrices_keep_directions_and_lose_sizes(shape: tuple[int, int, int]) -> None:
    matrices_KNM = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    found_KNM = orthogonalised(matrices_KNM)
    sizes = torch.linalg.svdvals(found_KNM)
    assert sizes.min() > 0.4
    assert sizes.max() < 1.3
    left, _, right = torch.linalg.svd(matrices_KNM, full_matrices=False)
    assert (left.mT @ found_KNM @ right.mT).diagonal(dim1=1, dim2=2).min() > 0.4


def test_steps_go_down_to_the_least_loss() -> None:
    targets = [torch.eye(4, 6), torch.ones(6, 4)]
    parameters = [Parameter(torch.zeros_like(target)) for target in targets]
    muon = Muon(parameters)
    for step in range(200):
        for parameter, target in zip(parameters, targets, strict=True):
            parameter.grad = parameter.detach() - target
        muon.step(0.1 * (1 - step / 200))
    for parameter, target in zip(parameters, targets, strict=True):
        assert (parameter - target).abs().max() < 0.1
