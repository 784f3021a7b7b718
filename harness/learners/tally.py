"""Sums over updates and tokens that become a step's metrics."""

from collections.abc import Mapping

from torch import Tensor


class Tally:
    """Means over updates and over tokens, by name."""

    def __init__(self) -> None:
        """Start at nothing."""
        self.token_sums: dict[str, float] = {}
        self.update_sums: dict[str, float] = {}
        self.tokens = 0.0
        self.updates = 0

    def add_update(self, **values: float) -> None:
        """Count one update."""
        self.updates += 1
        _add(self.update_sums, values)

    def add_tokens(self, mask_BT: Tensor, values_BT: Mapping[str, Tensor]) -> None:
        """Count the tokens of some completions."""
        self.tokens += mask_BT.sum().item()
        _add(
            self.token_sums,
            {name: (value.detach() * mask_BT).sum().item() for name, value in values_BT.items()},
        )

    def add(self, other: "Tally") -> None:
        """Count what another one has counted."""
        self.tokens += other.tokens
        self.updates += other.updates
        _add(self.token_sums, other.token_sums)
        _add(self.update_sums, other.update_sums)

    def means(self) -> dict[str, float]:
        """The means; empty where nothing was counted."""
        return {name: value / self.tokens for name, value in self.token_sums.items()} | {
            name: value / self.updates for name, value in self.update_sums.items()
        }


def _add(sums: dict[str, float], values: Mapping[str, float]) -> None:
    for name, value in values.items():
        sums[name] = sums.get(name, 0.0) + value
