"""Rollouts from the learner's own live Hugging Face model: a key-value cache and no second copy.

Each prompt is computed once, however many completions are drawn from it. Rows leave the batch when
they end and waiting ones take their places. Log-probabilities are kept as the tokens are drawn, so
that no second pass is needed (`harness.engines.decoding`).

Does not cover: several devices, or models whose attention forgets (sliding windows).
"""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from transformers import PreTrainedModel

from evals.sampler import Completion, Sampling
from harness.engines.decoding import Decoding
from harness.engines.policy import Policy, read_model


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
        if not prompts:
            return []
        decoding = Decoding(
            self._model,
            [self._policy.prompt_ids(prompt) for prompt in prompts],
            sampling,
            batch_rows=self._batch_rows,
            end_ids=self._policy.end_ids,
        )
        with torch.inference_mode():
            decoding.run()
        completions = self._completions(decoding)
        return [completions[start : start + sampling.n] for start in range(0, len(completions), sampling.n)]

    def _completions(self, decoding: Decoding) -> list[Completion]:
        lengths, ended = decoding.lengths_R.tolist(), decoding.ended_R.tolist()
        ids = [row[:length] for row, length in zip(decoding.tokens_RT.tolist(), lengths, strict=True)]
        logprobs = decoding.logprobs_RT.tolist()
        texts = self._policy.texts([row[:-1] if end else row for row, end in zip(ids, ended, strict=True)])
        return [
            Completion(
                text=text,
                token_ids=tuple(row),
                logprobs=tuple(row_logprobs[: len(row)]),
                truncated=not end,
            )
            for text, row, row_logprobs, end in zip(texts, ids, logprobs, ended, strict=True)
        ]
