"""A key-value cache whose rows come and go while it is sampled from.

The cache of `transformers` copies itself at every token, which with hundreds of rows is most of the
time. This one keeps room ahead. Every row is right-aligned: it ends at the newest column, so rows of
unequal length differ only in where they start, and columns that no row uses any more are cut off on
the left.

Shapes: B row, H key-value head, L column, D head dimension.
Does not cover: sliding windows and other layers that forget, or gradients.
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad
from transformers.cache_utils import Cache, DynamicLayer

ROOM = 32
"""Columns to grow by."""


class RoomyLayer(DynamicLayer):  # type: ignore[no-untyped-call]  # transformers' class hook has no types
    """One layer's keys and values, as views into buffers with free columns at their end."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # transformers' has no types
        self._buffers: tuple[Tensor, ...] = ()
        self.content: tuple[Tensor, ...] = ()

    def update(
        self, key_states: Tensor, value_states: Tensor, *_args: Any, **_kwargs: Any
    ) -> tuple[Tensor, Tensor]:
        """Append columns; returns all keys and values, each BHLD."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        new, used = (key_states, value_states), self.get_seq_length()
        total = used + key_states.shape[-2]
        if not self._buffers or total > self._buffers[0].shape[-2]:
            self._buffers = tuple(
                each.new_empty(*each.shape[:2], total + ROOM, each.shape[-1]) for each in new
            )
            for buffer_BHLD, content_BHLD in zip(self._buffers, self.content, strict=False):
                buffer_BHLD[:, :, :used] = content_BHLD
        for buffer_BHLD, new_BHLD in zip(self._buffers, new, strict=True):
            buffer_BHLD[:, :, used:total] = new_BHLD
        self._show(tuple(buffer_BHLD[:, :, :total] for buffer_BHLD in self._buffers))
        return self.content[0], self.content[1]

    def select(self, rows_B: Tensor, columns: int) -> None:
        """See `RoomyCache.select`."""
        self._replace(tuple(content_BHLD[rows_B, :, -columns:] for content_BHLD in self.content))

    def join(self, other: "RoomyLayer") -> None:
        """See `RoomyCache.join`."""
        columns = max(self.get_seq_length(), other.get_seq_length())
        self._replace(
            tuple(
                torch.cat([pad(part, (0, 0, columns - part.shape[-2], 0)) for part in pair])
                for pair in zip(self.content, other.content, strict=True)
            )
        )

    def _replace(self, content: tuple[Tensor, ...]) -> None:
        self._buffers = ()
        self._show(content)

    def _show(self, content: tuple[Tensor, ...]) -> None:
        """Hold `content`, and where transformers looks for it too."""
        self.content = content
        self.keys, self.values = content


class RoomyCache(Cache):
    """The cache of a whole model, one `RoomyLayer` for each of its layers."""

    def __init__(self, layers: int) -> None:
        """An empty cache for a model of so many layers."""
        self.roomy = [RoomyLayer() for _ in range(layers)]
        super().__init__(layers=[*self.roomy])

    def select(self, rows_B: Tensor, columns: int) -> None:
        """Keep these rows, in this order and as often as they are named, and their last `columns`."""
        for layer in self.roomy:
            layer.select(rows_B, columns)

    def join(self, other: "RoomyCache") -> None:
        """Take in the other cache's rows below one's own, right-aligned with them."""
        for mine, theirs in zip(self.roomy, other.roomy, strict=True):
            mine.join(theirs)
