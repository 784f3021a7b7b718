"""Sampling as a stream: rows enter the batch, are continued token by token, and leave when they end.

Prompts are pulled in as rows leave, and every row is handed over at the token that ends it. When a prompt is
pulled follows from the tokens drawn before and from nothing else, never from the clock.

Shapes: P prompt, B row in the batch now, L cache column, T completion token, V vocabulary.
Does not cover: letting rows in at every token. To cut out rows and let others in, the cache is copied, so it
is done once a quarter of the batch has ended.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import PreTrainedModel

from evals.sampler import Sampling
from harness.engines.cache import RoomyCache
from harness.engines.port import Pull, Request

COMPACT_BELOW = 0.75
"""Share of live rows under which the ended ones are cut out of the batch and others let in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnRow:
    """One row that has ended."""

    key: int
    index: int
    token_ids: tuple[int, ...]
    """With the end token, where it ended by one."""
    logprobs: tuple[float, ...]
    ended: bool
    """By an end token, and not by `max_tokens`."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Prompt:
    key: int
    ids: Sequence[int]
    uniforms_NT: Tensor


@dataclass(slots=True, kw_only=True)
class _Batch:
    cache: RoomyCache
    rows: list[tuple[int, int]]
    """Key and index of each row."""
    context_B: Tensor
    """Tokens each row has in the cache; they end at the newest column."""
    drawn_B: Tensor
    """Tokens drawn for each row so far."""
    live_B: Tensor
    logits_BV: Tensor
    uniforms_BT: Tensor
    tokens_BT: Tensor
    logprobs_BT: Tensor

    def select(self, index_B: Tensor) -> None:
        """Keep these rows, and of the cache only the columns that they use."""
        self.rows = [self.rows[place] for place in index_B.tolist()]
        for name in _TENSORS:
            setattr(self, name, getattr(self, name)[index_B])
        self.cache.select(index_B, int(self.context_B.max()))

    def join(self, other: "_Batch") -> None:
        """Take in the other batch's rows."""
        self.rows += other.rows
        for name in _TENSORS:
            setattr(self, name, torch.cat([getattr(self, name), getattr(other, name)]))
        self.cache.join(other.cache)


_TENSORS = ("context_B", "drawn_B", "live_B", "logits_BV", "uniforms_BT", "tokens_BT", "logprobs_BT")


class Decoding:
    """Draws `sampling.n` completions of each prompt that is pulled."""

    def __init__(
        self,
        model: PreTrainedModel,
        encode: Callable[[str], Sequence[int]],
        sampling: Sampling,
        *,
        batch_rows: int,
        end_ids: Sequence[int],
    ) -> None:
        self._model = model
        self._encode = encode
        self._sampling = sampling
        self._batch_rows = batch_rows
        self._waiting: deque[tuple[_Prompt, int]] = deque()
        self._end_ids = torch.tensor(end_ids, device=model.device)

    def run(self, pull: Pull) -> Iterator[DrawnRow]:
        """Draw until `pull` gives nothing while nothing is left to draw."""
        batch = self._admit(None, pull)
        while batch is not None:
            tokens_B, ended_B = self._draw(batch)
            if bool(ended_B.any()):
                yield from _rows(batch, ended_B.nonzero()[:, 0], tokens_B, self._end_ids)
            live = int(batch.live_B.sum())
            if live == 0:
                batch = self._admit(None, pull)
                continue
            left = live < COMPACT_BELOW * len(batch.rows)
            if left:
                index_B = batch.live_B.nonzero()[:, 0]
                batch.select(index_B)
                tokens_B = tokens_B[index_B]
            self._continue(batch, tokens_B)
            if left:
                batch = self._admit(batch, pull)

    def _admit(self, batch: _Batch | None, pull: Pull) -> _Batch | None:
        """Let rows in where enough have left."""
        free = self._batch_rows - (0 if batch is None else len(batch.rows))
        if batch is not None and free < (1 - COMPACT_BELOW) * self._batch_rows:
            return batch
        if len(self._waiting) < free:
            for request in pull(free - len(self._waiting)):
                prompt = self._prompt(request)
                self._waiting.extend((prompt, index) for index in range(self._sampling.n))
        if not self._waiting:
            return batch
        new = self._prefill([self._waiting.popleft() for _ in range(min(free, len(self._waiting)))])
        if batch is None:
            return new
        batch.join(new)
        return batch

    def _prompt(self, request: Request) -> _Prompt:
        uniforms_NT = _uniforms(request.stream, self._sampling).to(self._model.device)
        return _Prompt(key=request.key, ids=self._encode(request.prompt), uniforms_NT=uniforms_NT)

    def _prefill(self, rows: Sequence[tuple[_Prompt, int]]) -> _Batch:
        """Compute each prompt of `rows` once and repeat it for as many rows as want it."""
        device = self._model.device
        prompts = list(dict.fromkeys(prompt for prompt, _ in rows))
        ids_PL, mask_PL = left_padded([prompt.ids for prompt in prompts], device)
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
        prompt_B = torch.tensor([place[prompt] for prompt, _ in rows], device=device)
        cache.select(prompt_B, ids_PL.shape[1])
        uniforms_BT = torch.stack([prompt.uniforms_NT[index] for prompt, index in rows])
        return _Batch(
            cache=cache,
            rows=[(prompt.key, index) for prompt, index in rows],
            context_B=mask_PL.sum(1)[prompt_B],
            drawn_B=torch.zeros_like(prompt_B),
            live_B=torch.ones_like(prompt_B, dtype=torch.bool),
            logits_BV=logits_PV[prompt_B],
            uniforms_BT=uniforms_BT,
            tokens_BT=torch.zeros_like(uniforms_BT, dtype=torch.long),
            logprobs_BT=torch.zeros_like(uniforms_BT),
        )

    def _draw(self, batch: _Batch) -> tuple[Tensor, Tensor]:
        """Draw one token for each row and note it down; the tokens, and which rows they end."""
        place_B1 = batch.drawn_B.clamp(max=self._sampling.max_tokens - 1)[:, None]
        tokens_B, logprobs_B = choose(
            batch.logits_BV, batch.uniforms_BT.gather(1, place_B1)[:, 0], self._sampling
        )
        # Rows that ended before and are not cut out yet are written over: they were handed over.
        batch.tokens_BT.scatter_(1, place_B1, tokens_B[:, None])
        batch.logprobs_BT.scatter_(1, place_B1, logprobs_B[:, None])
        batch.drawn_B = batch.drawn_B + batch.live_B
        ends_B = (tokens_B[:, None] == self._end_ids).any(1) | (batch.drawn_B >= self._sampling.max_tokens)
        ended_B = batch.live_B & ends_B
        batch.live_B = batch.live_B & ~ends_B
        return tokens_B, ended_B

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


def _rows(batch: _Batch, index_B: Tensor, last_B: Tensor, end_ids: Tensor) -> Iterator[DrawnRow]:
    """The rows at `index_B`, which end with the token drawn last."""
    ended = torch.isin(last_B[index_B], end_ids).tolist()
    lengths, tokens = batch.drawn_B[index_B].tolist(), batch.tokens_BT[index_B].tolist()
    logprobs = batch.logprobs_BT[index_B].tolist()
    for place, row in enumerate(index_B.tolist()):
        key, index = batch.rows[row]
        length = lengths[place]
        yield DrawnRow(
            key=key,
            index=index,
            token_ids=tuple(tokens[place][:length]),
            logprobs=tuple(logprobs[place][:length]),
            ended=ended[place],
        )


def _uniforms(stream: str, sampling: Sampling) -> Tensor:
    """Numbers in [0, 1), NT, which follow from the stream's name alone."""
    digest = hashlib.sha256(stream.encode()).digest()
    generator = torch.Generator().manual_seed(int.from_bytes(digest[:8]) >> 1)
    # A hair less than drawn: rounding must not lift u * total to the total, past the last token.
    return torch.rand(sampling.n, sampling.max_tokens, generator=generator) * (1 - 2**-22)
