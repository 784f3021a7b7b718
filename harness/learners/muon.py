"""Muon for small models on a CPU: every weight matrix takes a step of orthogonal directions.

Keller Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks". It needs less
than half of AdamW's steps in the warm start. torch has one too, which works matrix by matrix in
bfloat16: without hardware for that it takes longer than the model itself.

Shapes: K matrices of one shape, N rows, M columns, N <= M.
Does not cover: embeddings, norms and biases, which are AdamW's.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

import torch
from torch import Tensor
from torch.nn import Parameter

COEFFICIENTS: Final = (3.4445, -4.7750, 2.0315)
"""Of the quintic polynomial that draws singular values towards 1; the author's."""


class Muon:
    """Momentum, then orthogonalisation, over weight matrices."""

    def __init__(self, parameters: Iterable[Parameter], *, momentum: float = 0.95) -> None:
        """Take steps on `parameters`, all of two dimensions."""
        self._momentum = momentum
        self._shapes: dict[torch.Size, list[Parameter]] = defaultdict(list)
        for parameter in parameters:
            self._shapes[parameter.shape].append(parameter)
        self._velocities = {shape: torch.zeros(len(same), *shape) for shape, same in self._shapes.items()}

    @torch.no_grad()
    def step(self, learning_rate: float) -> None:
        """Take one step along the gradients, with Nesterov's momentum."""
        for shape, same in self._shapes.items():
            gradients_KNM = torch.stack([each.grad for each in same if each.grad is not None])
            velocity_KNM = self._velocities[shape].lerp_(gradients_KNM, 1 - self._momentum)
            steps_KNM = orthogonalised(gradients_KNM.lerp(velocity_KNM, self._momentum))
            scale = max(1.0, shape[0] / shape[1]) ** 0.5
            for parameter, step_NM in zip(same, steps_KNM, strict=True):
                parameter.sub_(step_NM, alpha=learning_rate * scale)


def orthogonalised(matrices_KNM: Tensor, *, rounds: int = 5) -> Tensor:
    """The nearest matrices with all singular values near 1, by a Newton-Schulz iteration."""
    if matrices_KNM.shape[1] > matrices_KNM.shape[2]:
        return orthogonalised(matrices_KNM.mT, rounds=rounds).mT
    a, b, c = COEFFICIENTS
    result_KNM: Tensor = matrices_KNM / (torch.linalg.matrix_norm(matrices_KNM, keepdim=True) + 1e-7)
    for _ in range(rounds):
        gram_KNN = result_KNM @ result_KNM.mT
        result_KNM = a * result_KNM + (b * gram_KNN + c * gram_KNN @ gram_KNN) @ result_KNM
    return result_KNM
