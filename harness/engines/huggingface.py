"""Rollouts from the learner's own live Hugging Face model: a key-value cache and no second copy.

Each prompt is computed once, however many completions are drawn from it. Rows leave the batch when
they end and waiting ones take their places. Log-probabilities are kept as the tokens are drawn, so
that no second pass is needed (`harness.engines.decoding`).

Does not cover: several devices, or models whose attention forgets (sliding windows).
"""

import copy
import math
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from transformers import PreTrainedModel

from evals.sampler import Completion, Sampling
from harness.engines.decoding import Decoding, DrawnRow
from harness.engines.policy import Policy, read_model
from harness.engines.port import Finished, Pull, Request


class HuggingFaceEngine:
    """Samples from a live `transformers` model of any architecture with a plain growing cache."""

    def __init__(self, policy: Policy, *, batch_rows: int = 512) -> None:
        """Sample from `policy`, at most `batch_rows` completions side by side."""
        self.version = 0
        self._policy = policy
        self._model = policy.model
        self._batch_rows = batch_rows

    def load(self, weights: Any, version: int) -> None:
        """Sample from these weights from now on.

        Args:
            weights: the learner's live module, shared and not copied; or a state dict, or an exported
                folder, which become a model of the engine's own.
            version: the number of updates behind them.
        """
        if isinstance(weights, PreTrainedModel):
            self._model = weights
        elif isinstance(weights, Mapping):
            model = copy.deepcopy(self._policy.model)
            model.load_state_dict(weights)
            self._model = model
        else:
            self._model = read_model(str(weights), dtype=self._policy.model.dtype)
        self.version = version

    def close(self) -> None:
        """Let go of a model of the engine's own."""
        self._model = self._policy.model

    def sample(self, prompts: Sequence[str], sampling: Sampling) -> list[list[Completion]]:
        """Draw `sampling.n` completions for each prompt, in order.

        A prompt's random numbers follow from the seed and its place among the prompts alone, so that
        neither earlier calls nor `batch_rows` change what is drawn (but for rounding in the model).
        At temperature 0 the log-probabilities are those of temperature 1.
        """
        # Neighbours in length side by side, so that little of a batch is padding.
        lengths = [len(self._policy.prompt_ids(prompt)) for prompt in prompts]
        order = deque(sorted(range(len(prompts)), key=lengths.__getitem__))

        def pull(rows: int) -> list[Request]:
            places = [order.popleft() for _ in range(min(len(order), math.ceil(rows / sampling.n)))]
            return [
                Request(key=place, prompt=prompts[place], stream=f"{sampling.seed}:{place}")
                for place in places
            ]

        drawn: list[dict[int, Completion]] = [{} for _ in prompts]
        for each in self.stream(pull, sampling):
            drawn[each.key][each.index] = each.completion
        return [[found[index] for index in range(sampling.n)] for found in drawn]

    def stream(self, pull: Pull, sampling: Sampling) -> Iterator[Finished]:
        """See `RolloutEngine`. Room is offered once a quarter of the batch has ended."""
        decoding = Decoding(
            self._model,
            self._policy.prompt_ids,
            sampling,
            batch_rows=self._batch_rows,
            end_ids=self._policy.end_ids,
        )
        rows = decoding.run(pull)
        while True:
            # Entered anew for each row: a mode must not leak to whoever takes the rows.
            with torch.inference_mode():
                row = next(rows, None)
            if row is None:
                return
            yield self._finished(row)

    def _finished(self, row: DrawnRow) -> Finished:
        (text,) = self._policy.texts([list(row.token_ids[:-1] if row.ended else row.token_ids)])
        completion = Completion(
            text=text, token_ids=row.token_ids, logprobs=row.logprobs, truncated=not row.ended
        )
        return Finished(key=row.key, index=row.index, completion=completion)
