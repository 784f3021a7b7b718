"""One call's worth of sampling: rows enter the batch, are continued token by token, and leave.

Shapes: P prompt, R completion of the whole call, B row in the batch now, L cache column,
T completion token, V vocabulary.
"""

import hashlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import PreTrainedModel

from evals.sampler import Sampling
from harness.engines.cache import RoomyCache

COMPACT_BELOW = 0.75
"""Share of live rows under which the ended ones are cut out of the batch and others let in."""


@dataclass(slots=True, kw_only=True)
class _Batch:
    cache: RoomyCache
    row_B: Tensor
    """Which of the call's completions each row is."""
    context_B: Tensor
    """Tokens each row has in the cache; they end at the newest column."""
    drawn_B: Tensor
    """Tokens drawn for each row so far."""
    live_B: Tensor
    logits_BV: Tensor

    def select(self, index_B: Tensor) -> None:
        """Keep these rows, and of the cache only the columns that they use."""
        for name in ("row_B", "context_B", "drawn_B", "live_B", "logits_BV"):
            setattr(self, name, getattr(self, name)[index_B])
        self.cache.select(index_B, int(self.context_B.max()))

    def join(self, other: "_Batch") -> None:
        """Take in the other batch's rows."""
        for name in ("row_B", "context_B", "drawn_B", "live_B", "logits_BV"):
            setattr(self, name, torch.cat([getattr(self, name), getattr(other, name)]))
        self.cache.join(other.cache)


class Decoding:
    """Draws `sampling.n` completions of each prompt; afterwards the tensors below hold them."""

    def __init__(
        self,
        model: PreTrainedModel,
        prompt_ids: Sequence[Sequence[int]],
        sampling: Sampling,
        *,
        batch_rows: int,
        end_ids: Sequence[int],
    ) -> None:
        self._model = model
        self._prompt_ids = prompt_ids
        self._sampling = sampling
        self._batch_rows = batch_rows
        rows, device = len(prompt_ids) * sampling.n, model.device
        # Neighbours in length side by side, so that little of a batch is padding.
        order = sorted(range(len(prompt_ids)), key=lambda prompt: len(prompt_ids[prompt]))
        self._waiting = deque(prompt * sampling.n + index for prompt in order for index in range(sampling.n))
        self._end_ids = torch.tensor(end_ids, device=device)
        self._uniforms_RT = _uniforms(len(prompt_ids), sampling).to(device)
        self.tokens_RT = torch.zeros(rows, sampling.max_tokens, dtype=torch.long, device=device)
        self.logprobs_RT = torch.zeros(rows, sampling.max_tokens, device=device)
        self.lengths_R = torch.zeros(rows, dtype=torch.long, device=device)
        """Tokens drawn, the end token with them."""
        self.ended_R = torch.zeros(rows, dtype=torch.bool, device=device)
        """Whether an end token was drawn."""

    def run(self) -> None:
        """Draw everything."""
        batch: _Batch | None = None
        while self._waiting or batch is not None:
            batch = self._admit(batch)
            tokens_B = self._draw(batch)
            live = int(batch.live_B.sum())
            if live == 0:
                batch = None
                continue
            if live < COMPACT_BELOW * len(batch.row_B):
                index_B = batch.live_B.nonzero()[:, 0]
                batch.select(index_B)
                tokens_B = tokens_B[index_B]
            self._continue(batch, tokens_B)

    def _admit(self, batch: _Batch | None) -> _Batch:
        """Let waiting rows in where enough have left."""
        free = self._batch_rows - (0 if batch is None else len(batch.row_B))
        if batch is not None and (not self._waiting or free < (1 - COMPACT_BELOW) * self._batch_rows):
            return batch
        new = self._prefill([self._waiting.popleft() for _ in range(min(free, len(self._waiting)))])
        if batch is None:
            return new
        batch.join(new)
        return batch

    def _prefill(self, rows: Sequence[int]) -> _Batch:
        """Compute each prompt of `rows` once and repeat it for as many rows as want it."""
        device = self._model.device
        prompts = list(dict.fromkeys(row // self._sampling.n for row in rows))
        ids_PL, mask_PL = left_padded([self._prompt_ids[prompt] for prompt in prompts], device)
        cache = RoomyCache(self._model.config.num_hidden_layers)
        logits_PV = self._model(
            input_ids=ids_PL,
            attention_mask=mask_PL,
            position_ids=positions(mask_PL),
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        ).logits[:, -1]
        place = {prompt: index for index, prompt in enumerate(prompts)}
        prompt_B = torch.tensor([place[row // self._sampling.n] for row in rows], device=device)
        cache.select(prompt_B, ids_PL.shape[1])
        return _Batch(
            cache=cache,
            row_B=torch.tensor(rows, device=device),
            context_B=mask_PL.sum(1)[prompt_B],
            drawn_B=torch.zeros_like(prompt_B),
            live_B=torch.ones_like(prompt_B, dtype=torch.bool),
            logits_BV=logits_PV[prompt_B],
        )

    def _draw(self, batch: _Batch) -> Tensor:
        """Draw one token for each row, note it down, and mark the rows that it ends."""
        place_B = batch.drawn_B.clamp(max=self._sampling.max_tokens - 1)
        tokens_B, logprobs_B = choose(
            batch.logits_BV, self._uniforms_RT[batch.row_B, place_B], self._sampling
        )
        live_B, row_B = batch.live_B, batch.row_B
        self.tokens_RT[row_B[live_B], place_B[live_B]] = tokens_B[live_B]
        self.logprobs_RT[row_B[live_B], place_B[live_B]] = logprobs_B[live_B]
        batch.drawn_B = batch.drawn_B + live_B
        self.lengths_R[row_B] = batch.drawn_B
        ended_B = live_B & (tokens_B[:, None] == self._end_ids).any(1)
        self.ended_R[row_B[ended_B]] = True
        batch.live_B = live_B & ~ended_B & (batch.drawn_B < self._sampling.max_tokens)
        return tokens_B

    def _continue(self, batch: _Batch, tokens_B: Tensor) -> None:
        """Append one token to each row and compute what may follow it."""
        columns = batch.cache.get_seq_length() + 1
        positions_B = batch.context_B
        batch.context_B = positions_B + 1
        # A mask of four dimensions is taken as it is, which spares building one at every token.
        mask_BL = torch.arange(columns, device=tokens_B.device) >= columns - batch.context_B[:, None]
        batch.logits_BV = self._model(
            input_ids=tokens_B[:, None],
            attention_mask=mask_BL[:, None, None],
            position_ids=positions_B[:, None],
            past_key_values=batch.cache,
            use_cache=True,
        ).logits[:, -1]


def choose(logits_BV: Tensor, uniforms_B: Tensor, sampling: Sampling) -> tuple[Tensor, Tensor]:
    """Draw tokens by inverting the cumulative distribution at `uniforms_B`, each in [0, 1).

    Returns:
        tokens_B, and their log-probabilities under the distribution after temperature and before
        top-p; at temperature 0 the likeliest tokens, with their log-probabilities at temperature 1.
    """
    greedy = sampling.temperature == 0
    logprobs_BV = torch.log_softmax(logits_BV.float() / (1.0 if greedy else sampling.temperature), dim=-1)
    if greedy:
        tokens_B = logprobs_BV.argmax(dim=-1)
    else:
        probabilities_BV = logprobs_BV.exp()
        if sampling.top_p < 1:
            probabilities_BV = nucleus(probabilities_BV, sampling.top_p)
        cumulative_BV = probabilities_BV.cumsum(dim=-1)
        target_B1 = uniforms_B[:, None] * cumulative_BV[:, -1:]
        tokens_B = torch.searchsorted(cumulative_BV, target_B1, right=True)[:, 0]
    return tokens_B, logprobs_BV.gather(-1, tokens_B[:, None])[:, 0]


def nucleus(probabilities_BV: Tensor, top_p: float) -> Tensor:
    """Zero all but the fewest likeliest tokens that together reach `top_p` (Holtzman et al. 2019)."""
    sorted_BV, index_BV = probabilities_BV.sort(dim=-1, descending=True)
    outside_BV = sorted_BV.cumsum(dim=-1) - sorted_BV >= top_p
    return torch.zeros_like(probabilities_BV).scatter(-1, index_BV, sorted_BV.masked_fill(outside_BV, 0.0))


def left_padded(
    sequences: Sequence[Sequence[int]], device: torch.device, *, pad_id: int = 0
) -> tuple[Tensor, Tensor]:
    """Token ids and their mask (1 where there is a token), each of one row a sequence, ending together."""
    columns = max(len(sequence) for sequence in sequences)
    ids = [[pad_id] * (columns - len(sequence)) + list(sequence) for sequence in sequences]
    mask = [[0] * (columns - len(sequence)) + [1] * len(sequence) for sequence in sequences]
    return torch.tensor(ids, dtype=torch.long, device=device), torch.tensor(
        mask, dtype=torch.long, device=device
    )


def positions(mask_BL: Tensor) -> Tensor:
    """Place of each token among its row's tokens, from 0."""
    return (mask_BL.cumsum(dim=-1) - 1).clamp(min=0)


def _uniforms(prompts: int, sampling: Sampling) -> Tensor:
    """Numbers in [0, 1), RT: each prompt's follow from the seed and the prompt's place alone."""
    parts = [torch.zeros(0, sampling.max_tokens)]
    for prompt in range(prompts):
        digest = hashlib.sha256(f"{sampling.seed}:{prompt}".encode()).digest()
        generator = torch.Generator().manual_seed(int.from_bytes(digest[:8]) >> 1)
        parts.append(torch.rand(sampling.n, sampling.max_tokens, generator=generator))
    # A hair less than drawn: rounding must not lift u * total to the total, past the last token.
    return torch.cat(parts) * (1 - 2**-22)
