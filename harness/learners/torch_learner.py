"""GRPO on one machine: the policy, its frozen reference and AdamW at a constant learning rate.

Shapes: B completion, T completion token, P problem, G group member.
Does not cover: what the loss is (`loss`), several devices, or gradient accumulation over steps.
"""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from pickle import UnpicklingError

import torch
from torch import Tensor
from torch.nn.utils import clip_grads_with_norm_, get_total_norm
from transformers import PreTrainedModel

from harness.engines.policy import Policy, read_model
from harness.errors import TrainingError
from harness.group import Group
from harness.learners.draft import drafted
from harness.learners.forward import completion_states, right_padded
from harness.learners.incidents import Incidents
from harness.learners.logprobs import TokenScorer, check_head, output_head
from harness.learners.loss import open_objective
from harness.learners.rows import Row, group_rows, minibatches, padded, pieces
from harness.learners.scores import TokenScores, Window
from harness.learners.tally import Tally
from harness.learning import Loss, Optimizer

STATE_FILE = "learner.pt"


class TorchLearner:
    """Improves the policy that its engine samples from, in place."""

    def __init__(
        self,
        policy: Policy,
        *,
        loss: Loss,
        optimizer: Optimizer,
        temperature: float,
        seed: int = 0,
        incidents: Incidents | None = None,
    ) -> None:
        """Train `policy` from where it stands; it is its own first reference.

        Args:
            policy: shared with the engine.
            loss: the objective's knobs.
            optimizer: AdamW's knobs and how a step is cut into minibatches.
            temperature: what rollouts are drawn at; their log-probabilities are compared at it.
            seed: of the order in which groups are gone through.
            incidents: where updates go that had to be left out.

        Raises:
            ConfigError: a part of the loss is not to be had.
            TrainingError: the model is of a kind that cannot be trained here.
        """
        check_head(policy.model)
        self._policy = policy
        self._loss = loss
        self._objective = open_objective(loss)
        self._settings = optimizer
        self._scorer = TokenScorer(
            temperature=temperature,
            logits_mib=optimizer.logits_mib,
            entropy_gradient=loss.entropy_coefficient > 0,
        )
        settle_old: dict[str, Callable[[list[Row]], list[Row]]] = {
            "sampler": list,
            "trainer": self._rescored,
        }
        self._settle_old = settle_old[loss.old_logprobs]
        self._seed = seed
        self._incidents = incidents or Incidents(limit=optimizer.skips)
        self._steps = 0
        self._reference = policy.copy_model()
        self._optimizer = self._new_optimizer()

    def update(
        self, groups: Sequence[Group], advantages_PG: Sequence[Sequence[float]]
    ) -> Mapping[str, float]:
        """Do one step's gradient updates; each group is gone through as often as there are iterations.

        An update whose loss or gradient is not finite is left out.

        Returns:
            the port's metrics, and means over tokens of `ratio` (pi / pi_old), `sampler_gap` (between the
            old policy's log-probabilities and the sampler's, nats) and `correction` (the factor for it).
            `loss` and `grad_norm` (before clipping) are means over the minibatches, all else over tokens;
            `kl_ref` is k3. Where all updates were left out there are no means.

        Raises:
            TrainingError: too many updates in a row had to be left out.
        """
        self._steps += 1
        groups_rows = [
            self._settle_old(group_rows(self._policy, group, advantages_G))
            for group, advantages_G in zip(groups, advantages_PG, strict=True)
            if group.judged
        ]
        tokens = sum(len(row.tokens) for rows in groups_rows for row in rows)
        chance = random.Random(f"{self._seed}:{self._steps}")
        tally, updates, skipped = Tally(), 0, 0
        for _ in range(self._settings.iterations):
            parts = minibatches(groups_rows, self._settings.minibatches, chance)
            for rows in parts:
                updates += 1
                window = self._window(rows, mean_tokens=tokens / len(parts))
                skipped += not self._update_once(rows, window, tally, name=f"{self._steps:06d}-{updates}")
        return tally.means() | {
            "learning_rate": self._settings.learning_rate,
            "updates_skipped": float(skipped),
        }

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
            "skipped_in_a_row": self._incidents.in_a_row,
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
            self._steps, self._incidents.in_a_row = state["steps"], state["skipped_in_a_row"]
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

    def _window(self, rows: Sequence[Row], *, mean_tokens: float) -> Window:
        return Window(
            rows=len(rows),
            tokens=sum(len(row.tokens) for row in rows),
            mean_tokens=mean_tokens,
            constant_length=self._loss.constant_length,
        )

    def _update_once(self, rows: Sequence[Row], window: Window, tally: Tally, *, name: str) -> bool:
        """One gradient update on one minibatch, in pieces of `micro_rows`; whether it could be done."""
        found, losses = Tally(), []
        for piece in pieces(rows, self._settings.micro_rows):
            loss_B = self._piece_loss(piece, window, found)
            loss_B.sum().backward()  # type: ignore[no-untyped-call]  # torch's has no types
            losses += list(zip(piece, loss_B.tolist(), strict=True))
        loss = sum(value for _, value in losses)
        named = [(key, each) for key, each in self._policy.model.named_parameters() if each.grad is not None]
        norm = get_total_norm([each.grad for _, each in named if each.grad is not None])
        if finite := math.isfinite(loss) and math.isfinite(norm):
            clip_grads_with_norm_([each for _, each in named], self._settings.max_grad_norm, norm)
            self._optimizer.step()
            found.add_update(loss=loss, grad_norm=norm.item())
            tally.add(found)
            self._incidents.clear()
        else:
            broken = [key for key, each in named if each.grad is not None and not each.grad.isfinite().all()]
            self._keep_incident(name, losses, grad_norm=norm.item(), broken=broken)
        self._optimizer.zero_grad()
        return finite

    def _piece_loss(self, piece: Sequence[Row], window: Window, tally: Tally) -> Tensor:
        """What each completion of this piece adds to its minibatch's loss, loss_B."""
        logprobs_BT, entropy_BT, mask_BT = self._score(self._policy.model, piece)
        with torch.no_grad():
            reference_BT, _, _ = self._score(self._reference, piece)
        scores = TokenScores(
            mask_BT=mask_BT.to(logprobs_BT.dtype),
            advantages_B=logprobs_BT.new_tensor([row.advantage for row in piece]),
            logprobs_BT=logprobs_BT,
            entropy_BT=entropy_BT,
            old_BT=padded([row.old for row in piece], logprobs_BT),
            sampler_BT=padded([row.sampler for row in piece], logprobs_BT),
            reference_BT=reference_BT,
        )
        loss_B, measured_BT = self._objective(scores, window)
        tally.add_tokens(scores.mask_BT, measured_BT)
        return loss_B

    def _score(self, model: PreTrainedModel, piece: Sequence[Row]) -> tuple[Tensor, Tensor, Tensor]:
        """Log-probability and entropy of each token, 0 beyond a completion's end, and where tokens are."""
        tokens_BT, mask_BT = right_padded([row.tokens for row in piece], self._policy.device)
        prompts = list(dict.fromkeys(row.prompt for row in piece))
        place = {prompt: index for index, prompt in enumerate(prompts)}
        states_BTD = completion_states(
            model, prompts, [place[row.prompt] for row in piece], [row.tokens for row in piece]
        )
        there_BT = mask_BT.bool()
        head = output_head(model)
        logprobs_N, entropy_N = self._scorer(head, states_BTD[there_BT], tokens_BT[there_BT])
        blank_BT = torch.zeros(mask_BT.shape, dtype=logprobs_N.dtype, device=logprobs_N.device)
        return (
            blank_BT.masked_scatter(there_BT, logprobs_N),
            blank_BT.masked_scatter(there_BT, entropy_N),
            mask_BT,
        )

    @torch.no_grad()
    def _rescored(self, rows: Sequence[Row]) -> list[Row]:
        """The rows with the policy's log-probabilities as it is now for the old policy's."""
        rescored = []
        for piece in pieces(rows, self._settings.micro_rows):
            logprobs_BT, _, _ = self._score(self._policy.model, piece)
            rescored += [
                replace(row, old=tuple(logprobs_T[: len(row.tokens)]))
                for row, logprobs_T in zip(piece, logprobs_BT.tolist(), strict=True)
            ]
        return rescored

    def _keep_incident(
        self, name: str, losses: Sequence[tuple[Row, float]], *, grad_norm: float, broken: Sequence[str]
    ) -> None:
        rows = [asdict(row) | {"loss": loss} for row, loss in losses]
        self._incidents.keep(name, {"grad_norm": grad_norm, "parameters": broken, "rows": rows})
