"""GRPO on one machine: the policy, its frozen reference and AdamW at a constant learning rate.

Shapes: B completion, T completion token, P problem, G group member.
Does not cover: several devices, or gradient accumulation over steps.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError

import torch
from torch import Tensor
from transformers import PreTrainedModel

from harness import config
from harness.engines.policy import Policy, read_model
from harness.errors import TrainingError
from harness.group import Group
from harness.learners.draft import drafted
from harness.learners.forward import completion_logits, right_padded
from harness.learners.loss import (
    KL_ESTIMATORS,
    clip_hits,
    clipped_loss,
    kl_k3,
    token_logprobs,
    token_weights,
)

STATE_FILE = "learner.pt"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One completion to learn from."""

    prompt: tuple[int, ...]
    tokens: tuple[int, ...]
    logprobs: tuple[float, ...]
    """As the sampler drew them."""
    advantage: float


class TorchLearner:
    """Improves the policy that its engine samples from, in place."""

    def __init__(
        self,
        policy: Policy,
        *,
        loss: config.Loss,
        optimizer: config.Optimizer,
        temperature: float,
        seed: int = 0,
    ) -> None:
        """Train `policy` from where it stands; it is its own first reference.

        Args:
            policy: shared with the engine.
            loss: the objective's knobs.
            optimizer: AdamW's knobs and how a step is cut into minibatches.
            temperature: what rollouts are drawn at; their log-probabilities are compared at it.
            seed: of the order in which groups are gone through.
        """
        self._policy = policy
        self._loss = loss
        self._settings = optimizer
        self._temperature = temperature
        self._seed = seed
        self._steps = 0
        self._reference = policy.copy_model()
        self._optimizer = self._new_optimizer()

    def update(
        self, groups: Sequence[Group], advantages_PG: Sequence[Sequence[float]]
    ) -> Mapping[str, float]:
        """Do one step's gradient updates; each group is gone through once.

        Returns:
            the port's metrics, and `ratio` (mean of pi / pi_old over tokens). `loss` and `grad_norm`
            (before clipping) are means over the minibatches, all else over tokens; `kl_ref` is k3.
        """
        self._steps += 1
        order = [place for place, group in enumerate(groups) if group.judged]
        random.Random(f"{self._seed}:{self._steps}").shuffle(order)
        totals = _Totals()
        parts = self._settings.minibatches
        for part in range(parts):
            chosen = order[part * len(order) // parts : (part + 1) * len(order) // parts]
            if chosen:
                self._update_once(
                    [row for p in chosen for row in _rows(self._policy, groups[p], advantages_PG[p])], totals
                )
        return totals.means() | {"learning_rate": self._settings.learning_rate}

    def weights(self) -> PreTrainedModel:
        """The live module itself."""
        return self._policy.model

    def set_temperature(self, temperature: float) -> None:
        """Divide logits by this from now on."""
        self._temperature = temperature

    def reset_reference(self, model: Path | None = None) -> None:
        """Make the reference an exact copy of the policy, or of what `export` wrote to `model`.

        Raises:
            TrainingError: the folder cannot be read, or holds a model of another shape.
        """
        source = self._policy.model
        try:
            if model is not None:
                source = read_model(str(model), dtype=source.dtype)
            self._reference.load_state_dict(source.state_dict())
        except (OSError, RuntimeError, ValueError, KeyError) as error:
            raise TrainingError(f"exported model {model} cannot become the reference: {error}") from error

    def reset_optimizer(self) -> None:
        """Forget the optimizer's moments and step count."""
        self._optimizer = self._new_optimizer()

    def save(self, folder: Path) -> None:
        """Write policy, reference, optimizer and step count; the folder appears whole or not at all.

        Raises:
            TrainingError: it cannot be written, as on a full disk.
        """
        state = {
            "steps": self._steps,
            "policy": self._policy.model.state_dict(),
            "reference": self._reference.state_dict(),
            "optimizer": self._optimizer.state_dict(),
        }
        try:
            with drafted(folder) as draft:
                torch.save(state, draft / STATE_FILE)
        except RuntimeError as error:
            # torch's writer has no other word for a disk that is full.
            raise TrainingError(
                f"checkpoint {folder} cannot be written: {str(error).splitlines()[0]}. Is the disk full? "
                "The checkpoint before it is whole: make room and run the same command again"
            ) from error

    def restore(self, folder: Path) -> None:
        """Go on from what `save` wrote; the engine that shares the policy follows.

        Raises:
            TrainingError: the folder is not whole, or of a model of another shape.
        """
        try:
            state = torch.load(folder / STATE_FILE, map_location=self._policy.device, weights_only=True)
            self._policy.model.load_state_dict(state["policy"])
            self._reference.load_state_dict(state["reference"])
            self._optimizer = self._new_optimizer()
            self._optimizer.load_state_dict(state["optimizer"])
            self._steps = state["steps"]
        except (OSError, RuntimeError, ValueError, KeyError, EOFError, UnpicklingError) as error:
            raise TrainingError(
                f"checkpoint {folder} cannot be gone on from: {error}. Remove it to go on from the one "
                "before, or start afresh with --fresh"
            ) from error

    def export(self, folder: Path) -> None:
        """Write the policy as a plain Hugging Face folder that transformers, TRL, vLLM and lighteval load."""
        self._policy.export(folder)

    def _new_optimizer(self) -> torch.optim.AdamW:
        settings = self._settings
        return torch.optim.AdamW(
            self._policy.model.parameters(),
            lr=settings.learning_rate,
            betas=(settings.beta1, settings.beta2),
            weight_decay=settings.weight_decay,
            fused=True,
        )

    def _update_once(self, minibatch: Sequence[_Row], totals: "_Totals") -> None:
        """One gradient update on one minibatch, in pieces of `micro_rows`."""
        # Like lengths side by side: padding would cost more than the prompts that pieces then share.
        rows = sorted(minibatch, key=lambda row: len(row.tokens))
        size, tokens = self._settings.micro_rows, sum(len(row.tokens) for row in rows)
        loss = 0.0
        for start in range(0, len(rows), size):
            part = self._part_loss(rows[start : start + size], len(rows), tokens, totals)
            part.backward()  # type: ignore[no-untyped-call]  # torch's has no types
            loss += part.item()
        model = self._policy.model
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), self._settings.max_grad_norm)
        self._optimizer.step()
        self._optimizer.zero_grad()
        totals.add_update(loss=loss, grad_norm=norm.item())

    def _part_loss(self, part: Sequence[_Row], rows: int, tokens: int, totals: "_Totals") -> Tensor:
        """This part's share of the minibatch's loss, which has `rows` completions and `tokens` tokens."""
        loss, device = self._loss, self._policy.device
        tokens_BT, mask_BT = right_padded([row.tokens for row in part], device)
        old_BT = _padded([row.logprobs for row in part], device)
        advantages_B = torch.tensor([row.advantage for row in part], device=device)
        logprobs_BT, entropy_BT = self._logprobs(self._policy.model, part, tokens_BT)
        with torch.no_grad():
            reference_BT, _ = self._logprobs(self._reference, part, tokens_BT)
        ratio_BT = torch.exp(logprobs_BT - old_BT)
        bounds = {"clip_low": loss.clip_low, "clip_high": loss.clip_high}
        loss_BT = clipped_loss(ratio_BT, advantages_B, **bounds)
        if loss.kl_coefficient:
            loss_BT = loss_BT + loss.kl_coefficient * KL_ESTIMATORS[loss.kl_estimator](
                logprobs_BT, reference_BT
            )
        low_BT, high_BT = clip_hits(ratio_BT, advantages_B, **bounds)
        totals.add_tokens(
            mask_BT,
            entropy=entropy_BT,
            kl_ref=kl_k3(logprobs_BT, reference_BT),
            clip_low_share=low_BT,
            clip_high_share=high_BT,
            ratio=ratio_BT,
        )
        return (loss_BT * token_weights(mask_BT, loss.aggregation, rows=rows, tokens=tokens)).sum()

    def _logprobs(
        self, model: PreTrainedModel, part: Sequence[_Row], tokens_BT: Tensor
    ) -> tuple[Tensor, Tensor]:
        prompts = list(dict.fromkeys(row.prompt for row in part))
        place = {prompt: index for index, prompt in enumerate(prompts)}
        logits_BTV = completion_logits(
            model, prompts, [place[row.prompt] for row in part], [row.tokens for row in part]
        )
        return token_logprobs(logits_BTV, tokens_BT, self._temperature)


class _Totals:
    """Sums that become a step's metrics."""

    def __init__(self) -> None:
        self._sums: dict[str, float] = {}
        self._tokens = self._updates = 0

    def add_update(self, **values: float) -> None:
        self._updates += 1
        self._add(values)

    def add_tokens(self, mask_BT: Tensor, **values_BT: Tensor) -> None:
        self._tokens += int(mask_BT.sum())
        self._add({name: (value.detach() * mask_BT).sum().item() for name, value in values_BT.items()})

    def means(self) -> dict[str, float]:
        return {
            name: value / (self._updates if name in {"loss", "grad_norm"} else self._tokens)
            for name, value in self._sums.items()
        }

    def _add(self, values: Mapping[str, float]) -> None:
        for name, value in values.items():
            self._sums[name] = self._sums.get(name, 0.0) + value


def _rows(policy: Policy, group: Group, advantages_G: Sequence[float]) -> list[_Row]:
    prompt = tuple(policy.prompt_ids(group.problem.prompt))
    return [
        _Row(
            prompt=prompt,
            tokens=rollout.completion.token_ids,
            logprobs=rollout.completion.logprobs,
            advantage=advantage,
        )
        for rollout, advantage in zip(group.judged, advantages_G, strict=True)
    ]


def _padded(rows: Sequence[Sequence[float]], device: torch.device) -> Tensor:
    columns = max(len(row) for row in rows)
    return torch.tensor([[*row, *[0.0] * (columns - len(row))] for row in rows], device=device)
