"""A key-value cache whose rows come and go while it is sampled from.

transformers' own `DynamicCache` copies itself at every token; with hundreds of rows that is most of
the time. This one keeps room ahead. Every row is right-aligned: it ends at the newest column, so
rows of unequal length differ only in where they start, and columns that no row uses any more can be
cut off on the left.

Shapes: B row, H key-value head, L column, D head dimension.
Does not cover: sliding windows and other layers that forget, or gradients.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers.cache_utils import Cache, DynamicLayer

ROOM = 32
"""Columns to grow by."""


class RoomyLayer(DynamicLayer):
    """One layer's keys and values, kept as views into buffers with free columns at the end."""

    def __init__(self) -> None:
        super().__init__()
        self._buffers: tuple[Tensor, Tensor] | None = None

    def update(
        self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any
    ) -> tuple[Tensor, Tensor]:
        """Append columns; returns all keys and values, each BHLD."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        used = self.get_seq_length()
        total = used + key_states.shape[-2]
        if self._buffers is None or total > self._buffers[0].shape[-2]:
            self._move(key_states, value_states, used, total + ROOM)
        assert self._buffers is not None
        for buffer_BHLD, new_BHLD in zip(self._buffers, (key_states, value_states), strict=True):
            buffer_BHLD[:, :, used:total] = new_BHLD
        self.keys, self.values = (buffer_BHLD[:, :, :total] for buffer_BHLD in self._buffers)
        return self.keys, self.values

    def replace(self, keys_BHLD: Tensor, values_BHLD: Tensor) -> None:
        """Hold these columns instead."""
        self.keys, self.values = keys_BHLD, values_BHLD
        self._buffers = None

    def _move(self, key_states: Tensor, value_states: Tensor, used: int, columns: int) -> None:
        buffers = []
        for new_BHLD, old_BHLD in ((key_states, self.keys), (value_states, self.values)):
            rows, heads, _, size = new_BHLD.shape
            buffer_BHLD = new_BHLD.new_empty(rows, heads, columns, size)
            if used:
                assert old_BHLD is not None
                buffer_BHLD[:, :, :used] = old_BHLD
            buffers.append(buffer_BHLD)
        self._buffers = (buffers[0], buffers[1])


class RoomyCache(Cache):
    """The cache of a whole model, one `RoomyLayer` for each of its layers."""

    def __init__(self, layers: int) -> None:
        super().__init__(layers=[RoomyLayer() for _ in range(layers)])

    def select(self, rows_B: Tensor, columns: int) -> None:
        """Keep these rows, in this order and as often as they are named, and their last `columns`."""
        for layer in self._roomy():
            assert layer.keys is not None and layer.values is not None
            layer.replace(layer.keys[rows_B, :, -columns:], layer.values[rows_B, :, -columns:])

    def join(self, other: "RoomyCache") -> None:
        """Take in the other cache's rows below one's own, right-aligned with them."""
        for mine, theirs in zip(self._roomy(), other._roomy(), strict=True):
            mine.replace(
                *(_stacked(pair) for pair in ((mine.keys, theirs.keys), (mine.values, theirs.values)))
            )

    def _roomy(self) -> Sequence[RoomyLayer]:
        return [layer for layer in self.layers if isinstance(layer, RoomyLayer)]


def _stacked(parts: tuple[Tensor | None, Tensor | None]) -> Tensor:
    tensors = [part for part in parts if part is not None]
    columns = max(part.shape[-2] for part in tensors)
    return torch.cat([torch.nn.functional.pad(part, (0, 0, columns - part.shape[-2], 0)) for part in tensors])
