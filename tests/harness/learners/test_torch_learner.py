import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from harness.engines.huggingface import HuggingFaceEngine
from harness.engines.policy import Policy
from harness.errors import TrainingError
from harness.group import Group
from harness.learners.incidents import Incidents
from harness.learners.ratio import Surrogate
from harness.learners.rows import Row, group_rows, pieces
from harness.learners.scores import TokenScores, Window
from harness.learners.tally import Tally
from harness.learners.torch_learner import TorchLearner
from harness.learning import AGGREGATIONS, RATIOS, Loss, Optimizer
from tests.harness.tiny_models import rollouts, sampled_groups, signs, tiny_policy


def learner_of(policy: Policy, *, loss: Loss | None = None, seed: int = 0, **optimizer: Any) -> TorchLearner:
    settings = {"learning_rate": 1e-2, "minibatches": 1} | optimizer
    return TorchLearner(
        policy, loss=loss or Loss(), optimizer=Optimizer(**settings), temperature=1.2, seed=seed
    )


def parameters(policy: Policy) -> list[Tensor]:
    return [parameter.detach().clone() for parameter in policy.model.parameters()]


def same(mine: Sequence[Tensor], theirs: Sequence[Tensor]) -> bool:
    return all(torch.equal(one, other) for one, other in zip(mine, theirs, strict=True))


def gradient(learner: TorchLearner, policy: Policy, groups: Sequence[Group], size: int) -> list[Tensor]:
    """The gradient of one minibatch made of all groups, in pieces of `size` completions."""
    rows: list[Row] = [
        row
        for group, advantages_G in zip(groups, signs(groups), strict=True)
        for row in group_rows(policy, group, advantages_G)
    ]
    window = learner._window(rows, mean_tokens=100.0)
    policy.model.zero_grad()
    for piece in pieces(rows, size):
        learner._piece_loss(piece, window, Tally()).sum().backward()  # type: ignore[no-untyped-call]  # torch's has no types
    return [each.grad.clone() for each in policy.model.parameters() if each.grad is not None]


def naive_loss(policy: Policy, reference: Policy, groups: Sequence[Group], loss: Loss) -> Tensor:
    """GRPO's loss as the papers write it: one completion and one token at a time."""
    terms: list[list[Tensor]] = []
    for group, advantages_G in zip(groups, signs(groups), strict=True):
        prompt = policy.prompt_ids(group.problem.prompt)
        for rollout, advantage in zip(group.judged, advantages_G, strict=True):
            ids = rollout.completion.token_ids
            whole = torch.tensor([[*prompt, *ids]])
            new_TV = (policy.model(whole).logits[0] / 1.2).log_softmax(-1)
            old_TV = (reference.model(whole).logits[0] / 1.2).log_softmax(-1).detach()
            terms.append([])
            for place, token in enumerate(ids):
                row = len(prompt) - 1 + place
                ratio = (new_TV[row, token] - rollout.completion.logprobs[place]).exp()
                clipped = ratio.clamp(1 - loss.clip_low, 1 + loss.clip_high)
                log_ratio = old_TV[row, token] - new_TV[row, token]
                kl = log_ratio.exp() - log_ratio - 1
                gain = torch.minimum(ratio * advantage, clipped * advantage)
                terms[-1].append(-(gain - loss.kl_coefficient * kl))
    if loss.aggregation == "token_mean":
        return torch.stack([term for row in terms for term in row]).mean()
    return torch.stack([torch.stack(row).mean() for row in terms]).mean()


@pytest.mark.parametrize("aggregation", ["token_mean", "sequence_mean"])
def test_the_gradient_is_that_of_the_loss_written_out_plainly(aggregation: Any) -> None:
    policy, reference = tiny_policy(), tiny_policy()
    loss = Loss(aggregation=aggregation, kl_coefficient=0.5, clip_low=0.1, clip_high=0.1)
    groups = sampled_groups(HuggingFaceEngine(policy), max_tokens=6)
    learner = learner_of(policy, loss=loss)
    learner.update(groups, signs(groups))  # so that ratios, KL and clipping are not trivial
    found = gradient(learner, policy, groups, 3)
    policy.model.zero_grad()
    naive_loss(policy, reference, groups, loss).backward()  # type: ignore[no-untyped-call]  # torch's has no types
    for mine, parameter in zip(found, policy.model.parameters(), strict=True):
        assert parameter.grad is not None
        assert torch.allclose(mine, parameter.grad, atol=2e-5)


@pytest.mark.parametrize("ratio", sorted(RATIOS))
@pytest.mark.parametrize("aggregation", sorted(AGGREGATIONS))
def test_any_split_into_pieces_gives_the_same_gradient(aggregation: str, ratio: str) -> None:
    policy = tiny_policy()
    loss = Loss(
        aggregation=aggregation,
        ratio=ratio,
        kl_coefficient=0.1,
        entropy_coefficient=0.1,
        constant_length=9,
        old_logprobs="trainer",
        correction="truncated",
    )
    learner = learner_of(policy, loss=loss)
    groups = sampled_groups(HuggingFaceEngine(policy))
    learner.update(groups, signs(groups))  # so that ratios, KL and factors are not trivial
    whole = gradient(learner, policy, groups, 1000)
    for size in (1, 3, 8):
        for mine, theirs in zip(gradient(learner, policy, groups, size), whole, strict=True):
            assert torch.allclose(mine, theirs, atol=1e-6)


@pytest.mark.parametrize("architecture", ["qwen2", "llama"])
def test_unchanged_weights_give_the_samplers_own_logprobs(architecture: str) -> None:
    policy = tiny_policy(architecture)
    groups = sampled_groups(HuggingFaceEngine(policy, batch_rows=5))
    learner = learner_of(policy)
    for group, advantages_G in zip(groups, signs(groups), strict=True):
        rows = group_rows(policy, group, advantages_G)
        logprobs_BT, _, _ = learner._score(policy.model, rows)
        for row, logprobs_T in zip(rows, logprobs_BT.tolist(), strict=True):
            assert logprobs_T[: len(row.tokens)] == pytest.approx(row.sampler, abs=1e-4)
    assert learner.update(groups, signs(groups))["ratio"] == pytest.approx(1, abs=1e-4)


def test_updates_make_right_completions_likelier_and_report_how_it_went() -> None:
    policy = tiny_policy()
    engine, learner = HuggingFaceEngine(policy), learner_of(policy, learning_rate=1e-3, minibatches=2)
    groups = sampled_groups(engine, n=8)
    right, wrong = (
        [
            rollouts([each.completion], group.problem.prompt, [1.0])
            for group in groups
            for each in group.judged
            if each.reward == reward
        ]
        for reward in (1.0, 0.0)
    )
    metrics = [learner.update(groups, signs(groups)) for _ in range(3)][-1]
    judge = learner_of(policy, learning_rate=1e-12)
    assert judge.update(right, [[0.0]] * len(right))["ratio"] > 1.05
    assert judge.update(wrong, [[0.0]] * len(wrong))["ratio"] < 0.95
    assert all(math.isfinite(value) for value in metrics.values())
    assert metrics["kl_ref"] > 0
    assert metrics["grad_norm"] > 0
    assert 0 < metrics["entropy"] < math.log(len(policy.tokenizer))
    assert metrics["learning_rate"] == 1e-3
    assert metrics["clip_low_share"] + metrics["clip_high_share"] > 0


def test_after_a_reset_of_the_reference_the_kl_is_exactly_0() -> None:
    policy = tiny_policy()
    engine, learner = HuggingFaceEngine(policy), learner_of(policy)
    groups = sampled_groups(engine)
    assert learner.update(groups, signs(groups))["kl_ref"] == 0
    groups = sampled_groups(engine, seed=1)
    assert learner.update(groups, signs(groups))["kl_ref"] > 0
    learner.reset_reference()
    groups = sampled_groups(engine, seed=2)
    assert learner.update(groups, signs(groups))["kl_ref"] == 0


def test_a_kl_in_the_loss_holds_the_policy_near_its_reference() -> None:
    drift = []
    for coefficient in (0.0, 10.0):
        policy = tiny_policy()
        learner = learner_of(policy, loss=Loss(kl_coefficient=coefficient), learning_rate=1e-3)
        groups = sampled_groups(HuggingFaceEngine(policy))
        drift.append([learner.update(groups, signs(groups))["kl_ref"] for _ in range(6)][-1])
    assert drift[1] < drift[0] / 2


def test_a_reset_of_the_optimizer_forgets_its_moments() -> None:
    policy = tiny_policy()
    learner = learner_of(policy)
    groups = sampled_groups(HuggingFaceEngine(policy))
    learner.update(groups, signs(groups))
    before = parameters(policy)
    zeros = [[0.0] * len(group.rewards) for group in groups]
    learner.reset_reference()
    learner.reset_optimizer()
    learner.update(groups, zeros)
    assert same(parameters(policy), before), "without moments a gradient of zero moves nothing"
    learner.update(groups, signs(groups))
    moved = parameters(policy)
    learner.reset_reference()
    learner.update(groups, zeros)
    assert not same(parameters(policy), moved), "moments move it on"


def test_what_was_not_judged_is_not_learnt_from() -> None:
    plain, mixed = tiny_policy(), tiny_policy()
    groups = sampled_groups(HuggingFaceEngine(plain))
    with_unjudged = [
        rollouts(
            [each.completion for each in group.rollouts] + [group.rollouts[0].completion],
            group.problem.prompt,
            [each.reward for each in group.rollouts] + [None],
        )
        for group in groups
    ]
    learner_of(plain).update(groups, signs(groups))
    learner_of(mixed).update(with_unjudged, signs(with_unjudged))
    assert same(parameters(plain), parameters(mixed))


def test_equal_seeds_give_equal_weights_and_others_other_minibatches() -> None:
    found = []
    for seed in (0, 0, 1):
        policy = tiny_policy()
        learner = learner_of(policy, minibatches=4, seed=seed)
        for step in range(2):
            groups = sampled_groups(HuggingFaceEngine(policy), seed=step)
            learner.update(groups, signs(groups))
        found.append(parameters(policy))
    assert same(found[0], found[1])
    assert not same(found[0], found[2])


def test_each_iteration_goes_through_all_rollouts_once_more() -> None:
    policy = tiny_policy()
    groups = sampled_groups(HuggingFaceEngine(policy))
    learner = learner_of(policy, minibatches=2, iterations=3)
    before = parameters(policy)
    metrics = learner.update(groups, signs(groups))
    steps = {int(state["step"]) for state in learner._optimizer.state.values()}
    assert steps == {6}
    assert not same(parameters(policy), before)
    assert metrics["ratio"] != pytest.approx(1, abs=1e-3), "later updates find the policy moved"


def far_sampler(groups: Sequence[Group]) -> list[Group]:
    """The groups as a sampler would have drawn them that finds every token half as likely."""
    return [
        rollouts(
            [
                replace(
                    each.completion, logprobs=tuple(value - math.log(2) for value in each.completion.logprobs)
                )
                for each in group.rollouts
            ],
            group.problem.prompt,
            group.rewards,
        )
        for group in groups
    ]


def test_the_old_policy_is_the_samplers_or_the_trainers_own() -> None:
    for old, ratio, gap in (("sampler", 2.0, 0.0), ("trainer", 1.0, math.log(2))):
        policy = tiny_policy()
        groups = far_sampler(sampled_groups(HuggingFaceEngine(policy)))
        learner = learner_of(policy, loss=Loss.model_validate({"old_logprobs": old}))
        metrics = learner.update(groups, signs(groups))
        assert metrics["ratio"] == pytest.approx(ratio, rel=1e-4)
        assert metrics["sampler_gap"] == pytest.approx(gap, abs=1e-4)
        assert metrics["correction"] == 1


def test_the_trainers_own_old_policy_is_the_one_from_before_the_step() -> None:
    policy = tiny_policy()
    groups = sampled_groups(HuggingFaceEngine(policy))
    learner = learner_of(policy, loss=Loss(old_logprobs="trainer"), minibatches=4, iterations=2)
    twin_policy = tiny_policy()
    twin = learner_of(twin_policy, minibatches=4, iterations=2)
    mine, theirs = learner.update(groups, signs(groups)), twin.update(groups, signs(groups))
    assert mine["ratio"] == pytest.approx(theirs["ratio"], rel=1e-4), "before the step they are the sampler's"


def test_a_correction_weighs_what_the_sampler_sees_otherwise() -> None:
    policy = tiny_policy()
    groups = far_sampler(sampled_groups(HuggingFaceEngine(policy)))
    loss = Loss(old_logprobs="trainer", correction="truncated", correction_high=1.5)
    metrics = learner_of(policy, loss=loss).update(groups, signs(groups))
    assert metrics["correction"] == pytest.approx(1.5)


def test_chunks_of_logits_change_no_number() -> None:
    found = []
    for logits_mib in (1, 1000):
        policy = tiny_policy()
        learner = learner_of(policy, logits_mib=logits_mib)
        size = 3 if logits_mib == 1 else 10**6
        learner._scorer.chunk_tokens = lambda _head, size=size: size  # type: ignore[method-assign,misc]
        groups = sampled_groups(HuggingFaceEngine(policy))
        found.append((gradient(learner, policy, groups, 8), learner.update(groups, signs(groups))))
    for mine, theirs in zip(found[0][0], found[1][0], strict=True):
        assert torch.allclose(mine, theirs, atol=1e-6)
    assert found[0][1] == pytest.approx(found[1][1], rel=1e-5, abs=1e-6)


def poisoned(groups: Sequence[Group], value: float) -> list[list[float]]:
    """Advantages of which one is not finite."""
    advantages_PG = signs(groups)
    advantages_PG[0][0] = value
    return advantages_PG


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_an_update_that_is_not_finite_is_left_out_and_written_down(tmp_path: Path, value: float) -> None:
    policy = tiny_policy()
    learner = TorchLearner(
        policy,
        loss=Loss(),
        optimizer=Optimizer(learning_rate=1e-2, minibatches=4),
        temperature=1.2,
        incidents=Incidents(tmp_path / "incidents"),
    )
    groups = sampled_groups(HuggingFaceEngine(policy))
    metrics = learner.update(groups, poisoned(groups, value))
    assert metrics["updates_skipped"] == 1
    assert all(math.isfinite(each) for each in metrics.values())
    assert all(each.isfinite().all() for each in policy.model.parameters())
    assert {int(state["step"]) for state in learner._optimizer.state.values()} == {3}
    (file,) = (tmp_path / "incidents").iterdir()
    report = json.loads(file.read_text())
    assert report["parameters"]
    (row,) = [row for row in report["rows"] if not isinstance(row["loss"], float)]
    assert row["advantage"] == str(value)
    assert tuple(row["tokens"]) == groups[0].rollouts[0].completion.token_ids


def test_a_gradient_alone_that_is_not_finite_is_left_out() -> None:
    policy = tiny_policy()
    learner = learner_of(policy)
    policy.model.lm_head.weight.register_hook(lambda gradient: gradient * math.inf)
    groups, before = sampled_groups(HuggingFaceEngine(policy)), parameters(policy)
    metrics = learner.update(groups, signs(groups))
    assert metrics["updates_skipped"] == 1
    assert "loss" not in metrics
    assert same(parameters(policy), before)


def test_a_step_without_the_poison_learns_as_if_it_had_not_been_there() -> None:
    clean, dirty = tiny_policy(), tiny_policy()
    groups = sampled_groups(HuggingFaceEngine(clean))
    mine, theirs = learner_of(clean), learner_of(dirty)
    theirs.update(groups, poisoned(groups, math.nan))
    assert same(parameters(clean), parameters(dirty))
    mine._steps += 1
    assert mine.update(groups, signs(groups)) == theirs.update(groups, signs(groups))
    assert same(parameters(clean), parameters(dirty))


def test_too_many_in_a_row_stop_the_run_also_over_steps() -> None:
    policy = tiny_policy()
    learner = learner_of(policy, skips=2)
    groups = sampled_groups(HuggingFaceEngine(policy))
    learner.update(groups, poisoned(groups, math.nan))
    learner.update(groups, signs(groups))
    learner.update(groups, poisoned(groups, math.nan))
    with pytest.raises(TrainingError, match="2 updates in a row"):
        learner.update(groups, poisoned(groups, math.nan))


def test_a_restored_learner_remembers_how_many_were_left_out_in_a_row(tmp_path: Path) -> None:
    policy = tiny_policy()
    groups = sampled_groups(HuggingFaceEngine(policy))
    learner, fresh = learner_of(policy, skips=2), learner_of(policy, skips=2)
    learner.update(groups, poisoned(groups, math.nan))
    learner.save(tmp_path / "state")
    fresh.restore(tmp_path / "state")
    with pytest.raises(TrainingError, match="2 updates in a row"):
        fresh.update(groups, poisoned(groups, math.nan))


def quadratic(scores: TokenScores, loss: Loss) -> Surrogate:
    """A surrogate from outside the tree: as `token`, and a pull back to the old policy."""
    ratio_BT = torch.exp(scores.logprobs_BT - scores.old_BT)
    gain_BT = ratio_BT * scores.advantages_B[:, None] - loss.clip_low * (ratio_BT - 1) ** 2
    return Surrogate(loss_BT=-gain_BT, ratio_BT=ratio_BT)


def last_token(mask_BT: Tensor, window: Window) -> Tensor:
    """An aggregation from outside the tree: a completion's last token alone."""
    return (mask_BT - torch.nn.functional.pad(mask_BT[:, 1:], (0, 1))) / window.rows


def test_a_loss_from_outside_the_tree_trains() -> None:
    policy = tiny_policy()
    here = "tests.harness.learners.test_torch_learner"
    loss = Loss(ratio=f"{here}:quadratic", aggregation=f"{here}:last_token")
    learner = learner_of(policy, loss=loss, learning_rate=1e-3)
    groups = sampled_groups(HuggingFaceEngine(policy))
    losses = [learner.update(groups, signs(groups))["loss"] for _ in range(4)]
    assert losses[-1] < losses[0] - 0.1


def test_fewer_groups_than_minibatches_are_all_learnt_from() -> None:
    policy = tiny_policy()
    learner = learner_of(policy, minibatches=8)
    groups = sampled_groups(HuggingFaceEngine(policy))[:2]
    metrics = learner.update(groups, signs(groups))
    assert math.isfinite(metrics["loss"])


def go_on(learner: TorchLearner, policy: Policy) -> tuple[list[dict[str, float]], list[Tensor]]:
    metrics = []
    for step in (5, 6):
        groups = sampled_groups(HuggingFaceEngine(policy), seed=step)
        metrics.append(dict(learner.update(groups, signs(groups))))
    return metrics, parameters(policy)


def test_what_was_saved_goes_on_bit_by_bit(tmp_path: Path) -> None:
    policy = tiny_policy()
    learner = learner_of(policy, minibatches=2)
    for step in range(3):
        groups = sampled_groups(HuggingFaceEngine(policy), seed=step)
        learner.update(groups, signs(groups))
        if step == 1:
            learner.reset_reference()
    learner.save(tmp_path / "state")
    expected = go_on(learner, policy)
    fresh_policy = tiny_policy(seed=9)
    fresh = learner_of(fresh_policy, minibatches=2)
    fresh.restore(tmp_path / "state")
    metrics, weights = go_on(fresh, fresh_policy)
    assert metrics == expected[0]
    assert same(weights, expected[1])


def test_the_engine_that_shares_the_policy_follows_a_restore(tmp_path: Path) -> None:
    policy, other = tiny_policy(), tiny_policy(seed=1)
    learner_of(other).save(tmp_path / "state")
    engine, learner = HuggingFaceEngine(policy), learner_of(policy)
    engine.load(learner.weights(), 1)
    learner.restore(tmp_path / "state")
    assert sampled_groups(engine) == sampled_groups(HuggingFaceEngine(other))


@pytest.mark.parametrize("harm", ["missing", "cut", "other shape"])
def test_a_state_that_is_not_whole_or_does_not_fit_is_refused(tmp_path: Path, harm: str) -> None:
    policy = tiny_policy("llama" if harm == "other shape" else "qwen2")
    learner_of(policy).save(tmp_path / "state")
    file = tmp_path / "state" / "learner.pt"
    if harm == "missing":
        file.unlink()
    elif harm == "cut":
        file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(TrainingError, match="cannot be gone on from"):
        learner_of(tiny_policy()).restore(tmp_path / "state")


def test_a_failed_save_leaves_the_last_one_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = tiny_policy()
    learner = learner_of(policy)
    learner.save(tmp_path / "state")

    def full_disk(*_: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(torch, "save", full_disk)
        with pytest.raises(OSError, match="no space left"):
            learner.save(tmp_path / "state")
    assert [path.name for path in tmp_path.iterdir()] == ["state"]
    learner.restore(tmp_path / "state")
