"""Our loss and every gradient against those of TRL's own GRPOTrainer, called on the same completions.

Both do their whole work: TRL passes padded rows of prompt and completion through its model, we share
each prompt among its completions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from harness.advantage import group_mean_std
from harness.engines.decoding import left_padded
from harness.engines.huggingface import HuggingFaceEngine
from harness.engines.policy import Policy
from harness.group import outcomes
from harness.learners.forward import right_padded
from harness.learners.rows import Row, group_rows, pieces
from harness.learners.scores import TokenScores, Window
from harness.learners.tally import Tally
from harness.learners.torch_learner import TorchLearner
from harness.learning import Loss, Optimizer
from tests.harness.tiny_models import SIZE, sampled_groups, tiny_policy

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

LENGTH, TEMPERATURE = 12, 1.2
CLIP = {"clip_low": 0.02, "clip_high": 0.04}
"""Close enough that some tokens meet a bound after one update."""
KINDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "grpo": ({"aggregation": "sequence_mean"}, {"loss_type": "grpo"}),
    "bnpo": ({"aggregation": "bnpo"}, {"loss_type": "bnpo"}),
    "dr_grpo": ({"aggregation": "dr_grpo", "constant_length": LENGTH}, {"loss_type": "dr_grpo"}),
    "dapo": ({"aggregation": "token_mean"}, {"loss_type": "dapo"}),
    "cispo": (
        {"ratio": "cispo", "aggregation": "token_mean", "clip_low": 1.0},
        # TRL's is the bound itself, not its distance from 1, and it has no lower one.
        {"loss_type": "cispo", "epsilon_high": 1 + CLIP["clip_high"]},
    ),
    "dapo_by_rollout": ({"aggregation": "rollout_token_mean"}, {"loss_type": "dapo"}),
    "gspo": (
        {"ratio": "sequence", "aggregation": "sequence_mean"},
        {"loss_type": "grpo", "importance_sampling_level": "sequence"},
    ),
}
"""Name to our settings and TRL's."""


Found = tuple[float, dict[str, Tensor]]
"""A loss and its gradient for each parameter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One policy with a learner of ours over it, some completions, and TRL's trainer over a copy."""

    policy: Policy
    learner: TorchLearner
    rows: list[Row]
    trainer: Any

    def ours(self, rows: Sequence[Row], *, piece_rows: int = 5) -> Found:
        """Ours of a minibatch of these rows, by our own way through the model."""
        model, window = self.policy.model, self.window(rows)
        model.zero_grad()
        parts = [self.learner._piece_loss(piece, window, Tally()).sum() for piece in pieces(rows, piece_rows)]
        return found(torch.stack(parts).sum(), model)

    def ours_on_their_tensors(self, rows: Sequence[Row], *, old_BT: Tensor | None) -> Found:
        """Our objective on the log-probabilities that TRL's forward gives, and back through its model."""
        inputs, model = self.inputs(rows), self.trainer.model
        reference_BT = self.logprobs(self.learner._reference, inputs).detach()
        logprobs_BT = self.logprobs(self.policy.model, inputs)
        mask_BT = inputs["completion_mask"].to(logprobs_BT.dtype)
        scores = TokenScores(
            mask_BT=mask_BT,
            advantages_B=inputs["advantages"],
            logprobs_BT=logprobs_BT * mask_BT,
            entropy_BT=torch.zeros_like(mask_BT),
            old_BT=(logprobs_BT.detach() if old_BT is None else old_BT) * mask_BT,
            sampler_BT=torch.zeros_like(mask_BT),
            reference_BT=reference_BT * mask_BT,
        )
        model.zero_grad()
        return found(self.learner._objective(scores, self.window(rows))[0].sum(), model)

    def theirs(
        self, rows: Sequence[Row], *, old_BT: Tensor | None = None, parts: int = 1, updates: int = 1
    ) -> Found:
        """TRL's of these rows in so many parts, as one of so many updates by all rows of the bench."""
        trainer = self.trainer
        trainer.current_gradient_accumulation_steps = parts
        trainer.args.steps_per_generation = parts * updates
        inputs = self.inputs(rows)
        inputs["ref_per_token_logps"] = self.logprobs(self.learner._reference, inputs).detach()
        if old_BT is not None:
            inputs["old_per_token_logps"] = old_BT
        trainer.model.load_state_dict(self.policy.model.state_dict())
        trainer.model.train()
        trainer.model.zero_grad()
        tokens = torch.tensor(sum(len(row.tokens) for row in self.rows))
        size = len(rows) // parts
        loss = torch.stack(
            [
                trainer.compute_loss(
                    trainer.model,
                    {name: value[start : start + size] for name, value in inputs.items()}
                    | {"num_items_in_batch": tokens},
                )
                for start in range(0, len(rows), size)
            ]
        ).sum()
        return found(loss, trainer.model)

    def window(self, rows: Sequence[Row]) -> Window:
        """The window of an update by these rows, as one of the updates that all rows of the bench make."""
        tokens = sum(len(row.tokens) for row in self.rows)
        return self.learner._window(rows, mean_tokens=tokens * len(rows) / len(self.rows))

    def inputs(self, rows: Sequence[Row]) -> dict[str, Tensor]:
        """The rows as TRL's trainer holds them."""
        device = self.policy.device
        prompt_ids, prompt_mask = left_padded([row.prompt for row in rows], device)
        completion_ids, completion_mask = right_padded([row.tokens for row in rows], device)
        return {
            "prompt_ids": prompt_ids,
            "prompt_mask": prompt_mask,
            "completion_ids": completion_ids,
            "completion_mask": completion_mask,
            "advantages": torch.tensor([row.advantage for row in rows]),
        }

    def logprobs(self, model: torch.nn.Module, inputs: dict[str, Tensor]) -> Tensor:
        """What TRL gives all tokens by the weights of `model`, with gradient for its own copy of them."""
        self.trainer.model.load_state_dict(model.state_dict())
        logprobs_BT: Tensor = self.trainer._get_per_token_logps_and_entropies(
            self.trainer.model,
            torch.cat([inputs["prompt_ids"], inputs["completion_ids"]], dim=1),
            torch.cat([inputs["prompt_mask"], inputs["completion_mask"]], dim=1),
            inputs["completion_ids"].shape[1],
        )[0]
        return logprobs_BT

    def take_a_step(self) -> tuple[list[Row], Tensor]:
        """One update by all rows; they come back with the old policy's numbers by us, and those by TRL."""
        rows = [each for row in self.rows for each in self.learner._rescored([row])]
        old_BT = self.logprobs(self.policy.model, self.inputs(self.rows)).detach()
        self.ours(rows)
        self.learner._optimizer.step()
        return rows, old_BT


def found(loss: Tensor, model: torch.nn.Module) -> Found:
    loss.backward()  # type: ignore[no-untyped-call]  # torch's has no types
    return loss.item(), {
        name: each.grad.clone() for name, each in model.named_parameters() if each.grad is not None
    }


def no_reward(completions: list[str], **_: Any) -> list[float | None]:
    return [0.0] * len(completions)


def bench(folder: Path, kind: str, *, beta: float, weighted: bool = False) -> Bench:
    from datasets import Dataset  # noqa: PLC0415 - it takes ten seconds to import these
    from trl.trainer.grpo_config import GRPOConfig  # noqa: PLC0415
    from trl.trainer.grpo_trainer import GRPOTrainer  # noqa: PLC0415

    mine, theirs = KINDS[kind]
    policy = tiny_policy(size=SIZE.model_copy(update={"hidden_size": 64}))
    policy.export(folder / "model")
    groups = sampled_groups(HuggingFaceEngine(policy), max_tokens=LENGTH)
    learner = TorchLearner(
        policy,
        loss=Loss(kl_coefficient=beta, kl_weighted=weighted, **(CLIP | mine)),
        optimizer=Optimizer(learning_rate=2e-5, minibatches=1),
        temperature=TEMPERATURE,
    )
    advantages_PG = group_mean_std(outcomes(groups), epsilon=1e-4)
    rows = [
        row
        for group, advantages_G in zip(groups, advantages_PG, strict=True)
        for row in group_rows(policy, group, advantages_G)
    ]
    chance = torch.Generator().manual_seed(7)
    with torch.no_grad():  # away from its reference, so that there is a KL
        for parameter in policy.model.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=chance), alpha=0.01)
    arguments: dict[str, Any] = {
        "output_dir": str(folder),
        "use_cpu": True,
        "bf16": False,
        "gradient_checkpointing": False,
        "per_device_train_batch_size": len(rows),
        "num_generations": 4,
        "max_completion_length": LENGTH,
        "temperature": TEMPERATURE,
        "beta": beta,
        "use_bias_correction_kl": weighted,
        "epsilon": CLIP["clip_low"],
        "epsilon_high": CLIP["clip_high"],
        "report_to": "none",
        "disable_tqdm": True,
    }
    trainer = GRPOTrainer(
        model=str(folder / "model"),
        reward_funcs=no_reward,
        train_dataset=Dataset.from_list([{"prompt": "x"}] * 8),
        args=GRPOConfig(**(arguments | theirs)),
    )
    return Bench(policy=policy, learner=learner, rows=rows, trainer=trainer)


def assert_equal(ours: Found, theirs: Found, *, tolerance: float = 1e-6) -> None:
    # A loss is a mean of terms of both signs near 1, and may come out near 0.
    assert ours[0] == pytest.approx(theirs[0], rel=tolerance, abs=1e-6)
    assert ours[1].keys() == theirs[1].keys()
    for name, gradient in ours[1].items():
        assert theirs[1][name].any(), name
        assert (gradient - theirs[1][name]).norm() <= tolerance * theirs[1][name].norm(), name


@pytest.mark.parametrize(("beta", "weighted"), [(0.0, False), (1e-4, False), (1e-4, True), (0.1, True)])
@pytest.mark.parametrize("kind", ["grpo", "bnpo", "dr_grpo", "dapo", "cispo", "gspo"])
def test_loss_and_every_gradient_are_trls_in_both_iterations(
    kind: str, beta: float, weighted: bool, tmp_path: Path
) -> None:
    both = bench(tmp_path, kind, beta=beta, weighted=weighted)
    assert_equal(both.ours_on_their_tensors(both.rows, old_BT=None), both.theirs(both.rows))
    rows, old_BT = both.take_a_step()
    theirs = both.theirs(both.rows, old_BT=old_BT)
    assert_equal(both.ours_on_their_tensors(both.rows, old_BT=old_BT), theirs)
    # By our own way: other shapes in every product, and float32 rounds each otherwise.
    tally = Tally()
    assert_equal(both.ours(rows), theirs, tolerance=1e-5)
    both.learner._piece_loss(rows, both.window(rows), tally)
    clipped = tally.means()["clip_low_share"] + tally.means()["clip_high_share"]
    assert 0.01 < clipped < 0.9, "some tokens have met a bound and others have not"


@pytest.mark.parametrize("kind", ["grpo", "dr_grpo", "dapo", "gspo"])
def test_trls_accumulation_gives_the_gradient_of_our_whole_minibatch(kind: str, tmp_path: Path) -> None:
    both = bench(tmp_path, kind, beta=0.1)
    _, old_BT = both.take_a_step()
    theirs = both.theirs(both.rows, old_BT=old_BT, parts=4)
    assert_equal(both.ours_on_their_tensors(both.rows, old_BT=old_BT), theirs, tolerance=2e-6)


def test_trls_bnpo_in_parts_is_the_mean_of_ours_over_each_part(tmp_path: Path) -> None:
    both = bench(tmp_path, "bnpo", beta=0.1)
    halves = [both.ours_on_their_tensors(part, old_BT=None) for part in (both.rows[:8], both.rows[8:])]
    mean = {name: (each + halves[1][1][name]) / 2 for name, each in halves[0][1].items()}
    assert_equal(((halves[0][0] + halves[1][0]) / 2, mean), both.theirs(both.rows, parts=2), tolerance=1e-5)


def test_trls_dapo_over_several_updates_is_rollout_token_mean(tmp_path: Path) -> None:
    both = bench(tmp_path, "dapo_by_rollout", beta=0.1)
    for rows in (both.rows[:8], both.rows[8:]):
        theirs = both.theirs(rows, updates=2)
        assert_equal(both.ours_on_their_tensors(rows, old_BT=None), theirs)
        assert sum(len(row.tokens) for row in rows) != both.window(rows).mean_tokens
