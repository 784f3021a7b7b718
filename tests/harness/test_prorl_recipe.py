"""recipes/prorl-1.5b.toml says what ProRL published (arXiv 2505.24864)."""

from pathlib import Path

from reasoning_gym.factory import DATASETS

from evals.sources.reasoning_gym import REFUSED
from harness.recipe import load_recipe

RECIPE = load_recipe(Path(__file__).resolve().parents[2] / "recipes" / "prorl-1.5b.toml")
TASKS = [data.options["task"] for data in RECIPE.data if data.source == "reasoning_gym"]
HELD_OUT = {"acre", "boxnet", "game_of_life_halting"}


def test_the_published_settings_stand() -> None:
    assert RECIPE.model.name == "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B"
    assert (RECIPE.steps, RECIPE.rollout.n, RECIPE.rollout.prompts) == (2000, 16, 256)
    assert (RECIPE.rollout.temperature, RECIPE.rollout.max_tokens) == (1.2, 8192)
    assert (RECIPE.loss.clip_low, RECIPE.loss.clip_high) == (0.2, 0.4)
    assert (RECIPE.loss.kl_coefficient, RECIPE.loss.kl_estimator) == (1e-4, "k3")
    assert (RECIPE.optimizer.learning_rate, RECIPE.optimizer.minibatches) == (2e-6, 4)
    assert RECIPE.dynamic_sampling.enabled
    assert RECIPE.reset.every > 0
    assert RECIPE.reset.optimizer


def test_the_five_domains_have_their_published_numbers_of_problems() -> None:
    counts = [data.count for data in RECIPE.data if data.source == "jsonl"]
    assert counts == [40_000, 24_000, 25_000, 10_000]
    puzzles = sum(data.count for data in RECIPE.data if data.source == "reasoning_gym")
    assert 36_500 < puzzles < 37_500


def test_every_puzzle_can_be_had_and_the_held_out_ones_are_not_trained() -> None:
    assert set(TASKS) == set(DATASETS) - set(REFUSED) - HELD_OUT
    assert {each.name for each in RECIPE.evaluation.sets} > HELD_OUT
