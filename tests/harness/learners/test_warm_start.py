from pathlib import Path

import torch

from evals.sampler import Sampling
from harness.config import Model, WarmStart
from harness.engines.huggingface import HuggingFaceEngine
from harness.engines.policy import Policy, load_policy
from harness.learners.warm_start import build_base, new_policy, pass_rates, teach
from harness.learners.worked_answers import Lesson, WorkedAnswer

SMALL = WarmStart(
    hidden_size=32,
    layers=1,
    heads=2,
    key_value_heads=1,
    intermediate_size=64,
    rows=140,
    batch_rows=8,
    check_every=5,
    max_steps=10,
)


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return dict(load_policy(Model(name=str(folder))).model.state_dict())


def test_a_base_is_a_plain_model_folder_made_once(tmp_path: Path) -> None:
    told: list[tuple[int, str]] = []
    folder = build_base(SMALL, seed=0, folder=tmp_path, on_progress=lambda *line: told.append(line))
    assert [step for step, _ in told] == [5, 10]
    assert "spell_backward 0.00" in told[-1][1]
    policy = load_policy(Model(name=str(folder)))
    ids = policy.prompt_ids("Spell this word backward (example: sun -> nus): tide")
    assert policy.tokenizer.convert_ids_to_tokens(ids) == [
        "Spell this word backward (example: sun -> nus): ", "t", "i", "d", "e", "Ċ", "<think>",
    ]  # fmt: skip
    assert HuggingFaceEngine(policy).sample(["any prompt at all: π?"], Sampling(max_tokens=4))
    again = build_base(SMALL, seed=0, folder=tmp_path, on_progress=lambda *line: told.append(line))
    assert again == folder
    assert len(told) == 2, "the second time it is found"
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


def test_equal_seeds_make_equal_bases_bit_by_bit_and_others_others(tmp_path: Path) -> None:
    first, second, other = (
        weights(build_base(SMALL, seed=seed, folder=tmp_path / place))
        for place, seed in (("a", 0), ("b", 0), ("c", 1))
    )
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert any(not torch.equal(first[name], other[name]) for name in first)


def test_other_settings_make_another_base(tmp_path: Path) -> None:
    folders = {
        build_base(config, seed=0, folder=tmp_path)
        for config in (SMALL, SMALL.model_copy(update={"max_steps": 5}))
    }
    assert len(folders) == 2


def taught_to_count(config: WarmStart) -> tuple[Policy, list[Lesson], list[int]]:
    """A model taught to answer 0 to 9 with itself, and the steps that it was checked at."""
    answers = tuple(WorkedAnswer(question=str(n), working="", answer=str(n)) for n in range(10))
    lessons = [Lesson(task="echo", taught=answers * 8, held_out=answers)]
    policy = new_policy(config, lessons, seed=0)
    steps: list[int] = []
    teach(policy, lessons, config, seed=0, on_progress=lambda step, _: steps.append(step))
    return policy, lessons, steps


def test_teaching_works_and_stops_where_the_criterion_holds() -> None:
    config = SMALL.model_copy(update={"max_steps": 400, "stop_mean": 0.8, "check_every": 10})
    policy, lessons, steps = taught_to_count(config)
    assert steps[-1] < 400
    assert pass_rates(HuggingFaceEngine(policy), lessons, seed=steps[-1])["echo"] >= 0.8


def test_teaching_goes_on_while_one_task_is_below_the_floor() -> None:
    config = SMALL.model_copy(update={"max_steps": 20, "stop_mean": 0.0, "stop_floor": 1.0})
    assert taught_to_count(config)[2] == [5, 10, 15, 20]
