"""The recipes say what ProRL (arXiv 2505.24864), its second version and BroRL (2510.01180) published."""

import itertools
import json
import math
from pathlib import Path

import pytest
from reasoning_gym.factory import DATASETS

from evals.source import open_source
from evals.sources.reasoning_gym import REFUSED, ReasoningGymMixSource
from harness.commands.planning import print_plan, simulate_command
from harness.recipe import load_recipe
from harness.simulation import World, simulate
from harness.stages import plan_stages

RECIPES = Path(__file__).resolve().parents[2] / "recipes"
V1, V2, BRORL, DEMO = (
    load_recipe(RECIPES / f"{name}.toml") for name in ("prorl-v1", "prorl-v2", "brorl", "demo")
)
HELD_OUT = {"acre", "boxnet", "game_of_life_halting"}


def test_v1_has_its_published_settings() -> None:
    assert V1.model.name == "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B"
    assert (V1.steps, V1.rollout.n, V1.rollout.prompts) == (2000, 16, 256)
    assert (V1.rollout.temperature, V1.rollout.max_tokens) == (1.2, 8192)
    assert (V1.loss.estimator, V1.loss.clip_low, V1.loss.clip_high) == ("group_mean_std", 0.2, 0.4)
    assert (V1.loss.kl_coefficient, V1.loss.kl_estimator) == (1e-4, "k3")
    assert (V1.optimizer.learning_rate, V1.optimizer.minibatches) == (2e-6, 4)
    assert V1.dynamic_sampling.enabled
    assert V1.reset.optimizer
    assert V1.reset.plateau is not None
    assert V1.reset.degradation is not None


def test_v2_has_its_published_settings() -> None:
    assert V2.steps == 3000
    assert V2.loss.estimator == "reinforce_pp_baseline"
    assert (V2.loss.clip_low, V2.loss.clip_high) == (0.2, 0.28)
    assert (V2.loss.kl_coefficient, V2.loss.kl_estimator) == (1e-4, "k2")
    assert not V2.reset.optimizer
    assert (V2.reset.distance, V2.reset.every) == (200, 500)
    assert V2.reset.kl_spike is not None
    assert V2.rewards.cosine_length is not None
    assert (V2.rewards.cosine_length.on, V2.rewards.cosine_length.off) == (100, 500)


def test_brorl_scales_v2s_learning_rate_by_the_root_of_the_batches_ratio() -> None:
    assert (BRORL.rollout.n, BRORL.rollout.prompts, BRORL.rollout.max_tokens) == (512, 128, 16384)
    ratio = BRORL.rollout.n * BRORL.rollout.prompts / (V2.rollout.n * V2.rollout.prompts)
    assert BRORL.optimizer.learning_rate == pytest.approx(V2.optimizer.learning_rate * math.sqrt(ratio))
    assert BRORL.optimizer.minibatches == V2.optimizer.minibatches
    assert BRORL.loss.model_copy(update={"correction": "icepop"}) == V2.loss


def test_the_five_domains_have_their_published_numbers_of_problems() -> None:
    for config in (V1, V2, BRORL):
        assert [data.count for data in config.data] == [40_000, 24_000, 25_000, 10_000, 37_000]


def test_every_puzzle_can_be_had_and_the_held_out_ones_are_not_trained() -> None:
    data = V1.data[-1]
    source = open_source(data.source, data.options)
    assert isinstance(source, ReasoningGymMixSource)
    assert set(source.tasks) == set(DATASETS) - set(REFUSED) - HELD_OUT
    assert {each.name for each in V1.evaluation.sets} > HELD_OUT


def test_v1_is_the_eight_runs() -> None:
    stages = [stage.config for stage in plan_stages(V1)]
    assert [stage.rollout.n for stage in stages] == [16, 16, 16, 16, 16, 32, 32, 16]
    assert [stage.rollout.max_tokens for stage in stages] == [8192] * 7 + [16384]
    assert [stage.data[3].weight > 0 for stage in stages] == [False] * 2 + [True] * 6
    assert [stage.rewards.truncated_factor < 1 for stage in stages] == [False] * 3 + [True] * 5
    assert all(stage.reset for stage in plan_stages(V1)[1:])


def test_v1s_whole_schedule_passes_in_its_stages() -> None:
    found = simulate(V1)
    spans = {stretch.name: (stretch.first, stretch.last) for stretch, _ in found.stages}
    assert list(spans) == [f"run {number}" for number in range(1, 9)]
    assert spans["run 1"] == (1, 300)
    assert spans["run 8"] == (1801, 2000)
    assert [step for step, _ in found.changes] == [300, 550, 800, 1050, 1300, 1550, 1800]
    assert [step for step, _ in found.resets][:7] == [step for step, _ in found.changes]
    assert all(reset.optimizer for _, reset in found.resets)
    assert [(each.name, each.first, each.last) for each in found.phases] == [("truncated_factor", 801, 2000)]


def test_v1s_runs_end_early_where_validation_stalls() -> None:
    found = simulate(V1, World(growth=10.0, patience=60))
    lengths = [stretch.last - stretch.first + 1 for stretch, _ in found.stages]
    assert len(lengths) == 8
    assert sum(lengths) == 2000
    assert max(lengths[1:7]) < 250
    assert {change.cause for _, change in found.changes} <= {"plateau", "degradation"}


def test_v2s_resets_lie_200_to_500_steps_apart_and_its_penalty_has_its_phases() -> None:
    found = simulate(V2)
    steps = [0, *(step for step, _ in found.resets)]
    assert len(steps) > 5
    assert all(200 <= after - before <= 500 for before, after in itertools.pairwise(steps))
    assert not any(reset.optimizer for _, reset in found.resets)
    cosine = [(each.first, each.last) for each in found.phases if each.name == "cosine_length"]
    assert cosine == [(1, 100), (601, 700), (1201, 1300), (1801, 1900), (2401, 2500)]


def test_a_kl_spike_resets_v2_but_not_within_200_steps() -> None:
    found = simulate(V2, World(spikes=frozenset({150, 260})))
    step, reset = found.resets[0]
    assert (step, reset.trigger) == (260, "kl_spike")
    assert reset.numbers["kl"] > 5 * reset.numbers["median"]


def test_brorl_and_the_demo_are_one_stage_each() -> None:
    assert [(each.first, each.last) for each, _ in simulate(BRORL).stages] == [(1, 400)]
    assert simulate(BRORL).resets == ()
    assert [(step, reset.trigger) for step, reset in simulate(DEMO).resets] == [
        (60, "interval"),
        (120, "interval"),
    ]


def test_a_simulation_is_the_same_again() -> None:
    assert simulate(V2) == simulate(V2)


def test_the_simulation_is_printed_for_people_and_for_scripts(capsys: pytest.CaptureFixture[str]) -> None:
    simulate_command(RECIPES / "prorl-v1.toml", [], as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert [stage["first"] for stage in found["stages"]] == [1, 301, 551, 801, 1051, 1301, 1551, 1801]
    assert found["resets"][0]["optimizer"] == "cleared"
    simulate_command(RECIPES / "prorl-v2.toml", [], as_json=False)
    assert "steps 601-700: rewards.cosine_length" in capsys.readouterr().out


def test_a_dry_run_says_where_values_come_from_and_what_they_come_to(
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = RECIPES / "prorl-v1.toml"
    overrides = ["rollout.prompts=128"]
    print_plan(load_recipe(path, overrides), path, overrides)
    lines = capsys.readouterr().out.splitlines()
    rows = {line.split()[0]: line.split() for line in lines if line.split()}
    assert rows["rollout.prompts"] == ["rollout.prompts", "128", "--set"]
    line = next(
        at for at, text in enumerate(path.read_text().splitlines(), 1) if text.startswith("clip_high")
    )
    assert rows["loss.clip_high"] == ["loss.clip_high", "0.4", f"prorl-v1.toml:{line}"]
    assert rows["seed"][2].startswith("prorl-v1.toml:")
    assert rows["optimizer.beta1"] == ["optimizer.beta1", "0.9", "default"]
    text = "\n".join(lines)
    assert "model: 1,777.1 M parameters as bfloat16" in text
    assert "run 6: 250 steps of 128 problems x 32, 1,024,000 completions" in text
    assert "run 8: 200 steps of 128 problems x 16, 409,600 completions" in text
