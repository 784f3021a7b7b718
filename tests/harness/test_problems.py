"""What a recipe trains on: sources and imported data sets, as the recipe shapes them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from db.errors import UnknownRecord
from db.store import Store, open_store
from harness.collection import Collector
from harness.commands.importing import import_dataset
from harness.config import RunConfig
from harness.engines.scripted import ScriptedEngine
from harness.errors import ConfigError
from harness.problems import open_mix
from harness.stopwatch import Stopwatch
from rewards.grader import LocalGrader
from tests.harness.recipes import tiny_recipe
from tests.importing import request
from tests.published_rows import write_json_lines

FARMER = "A farmer has 17 sheep and all but 9 of them run away into the hills; how many are left?"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """With the data set `sums`: 40 short questions, a long one, and one that repeats a benchmark."""
    rows = [{"question": f"What is {number} + 1?", "answer": str(number + 1)} for number in range(40)]
    rows += [{"question": "long " * 100, "answer": "1"}, {"question": FARMER, "answer": "9"}]
    file = write_json_lines(tmp_path / "rows.jsonl", rows)
    bench = write_json_lines(tmp_path / "bench.jsonl", [{"problem": FARMER}])
    import_dataset(replace(request(file), against=(str(bench),)), tmp_path)
    with open_store(f"sqlite:///{tmp_path / 'harness.db'}") as opened:
        yield opened


def config(*data: dict[str, Any], **changes: Any) -> RunConfig:
    return tiny_recipe(
        data=[{"source": "imported", "options": {"name": "sums"}} | each for each in data], **changes
    )


def test_imported_questions_become_problems_in_their_own_template(store: Store) -> None:
    (problem,) = open_mix(config({"count": 1}), store).draw(1)
    assert problem.prompt.startswith("Sum up. ")
    assert (problem.domain, problem.verifier, problem.source) == ("math", "scripted", "imported:sums")
    assert set(problem.reference) == {"answer"}


def test_the_recipe_may_ask_otherwise(store: Store) -> None:
    mix = open_mix(config({"template": "Q: {question} A:", "verifier": "math"}), store)
    drawn = mix.draw(41)
    assert all(each.prompt.startswith("Q: ") and each.prompt.endswith(" A:") for each in drawn)
    assert {each.verifier for each in drawn} == {"math"}
    with pytest.raises(ConfigError, match=r"template has no \{question\}"):
        config({"template": "Go."})


def test_a_source_of_problems_is_shaped_alike(store: Store) -> None:
    puzzles = {"source": "reasoning_gym", "options": {"task": "chain_sum"}, "count": 5}
    recipe = tiny_recipe(data=[puzzles | {"template": "Now: {question}", "verifier": "puzzle:upstream"}])
    drawn = open_mix(recipe, store).draw(5)
    assert all(each.prompt.startswith("Now: State") for each in drawn)
    assert {each.verifier for each in drawn} == {"puzzle:upstream"}


def test_flagged_and_long_questions_are_left_out(store: Store) -> None:
    def prompts(**data: Any) -> set[str]:
        return {each.prompt for each in open_mix(config(data), store).draw(60)}

    assert len(prompts()) == 41
    assert len(prompts(include_flagged=True)) == 42
    assert len(prompts(max_prompt_chars=100)) == 40
    assert max(map(len, prompts(max_prompt_chars=24))) == len("Sum up. What is 39 + 1?")
    with pytest.raises(ConfigError, match=r"data\.0: data set 'sums' has no question of at most 12"):
        prompts(max_prompt_chars=12)


def test_the_seed_draws_and_equal_recipes_get_equal_problems(store: Store) -> None:
    def drawn(seed: int, count: int) -> list[str]:
        return [each.prompt for each in open_mix(config({"count": count}, seed=seed), store).draw(count)]

    assert drawn(1, 10) == drawn(1, 10)
    assert set(drawn(1, 10)) != set(drawn(2, 10))
    assert set(drawn(1, 10)) < set(drawn(1, 20)), "more are the same and others"


def test_a_run_goes_on_only_over_the_problems_that_it_began_with(store: Store, tmp_path: Path) -> None:
    recipe = config({})
    mix = open_mix(recipe, store)
    mix.draw(7)
    again = open_mix(recipe, store)
    again.restore(mix.state())
    assert again.draw(3) == mix.draw(3)
    file = write_json_lines(tmp_path / "more.jsonl", [{"question": "And 7?", "answer": "7"}])
    import_dataset(request(file), tmp_path)
    with pytest.raises(ConfigError, match="the problems of 'imported:sums' are others"):
        open_mix(recipe, store).restore(mix.state())


@pytest.mark.parametrize(
    ("data", "error", "said"),
    [
        ({"options": {}}, ConfigError, "only a 'name'"),
        ({"options": {"name": "sums", "seed": 1}}, ConfigError, "only a 'name'"),
        ({"options": {"name": "products"}}, UnknownRecord, "'products' is not imported here"),
        ({"source": "deepscaler", "options": {}}, UnknownRecord, "harness data import deepscaler"),
        ({"source": "deepscaler"}, ConfigError, "takes no options"),
    ],
)
def test_a_data_set_that_is_not_there_is_refused(
    data: dict[str, Any], error: type[Exception], said: str, store: Store
) -> None:
    with pytest.raises(error, match=said):
        open_mix(config(data), store)


def half_right(prompt: str, luck: float) -> str:
    """An answer that is right half the time, for sums below 20 only."""
    number = int(prompt.split()[-3])
    return str(number + 1) if number < 20 and luck < 0.5 else "?"


def test_the_realised_mix_is_a_metric_and_follows_the_weights(store: Store, tmp_path: Path) -> None:
    rows = [
        {
            "domain": "math",
            "prompt": f"Say {number} + 1?",
            "verifier": "scripted",
            "reference": {"answer": str(number + 1)},
        }
        for number in range(20)
    ]
    easy = {"source": "jsonl", "options": {"path": str(write_json_lines(tmp_path / "easy.jsonl", rows))}}
    recipe = config({"max_prompt_chars": 30}, radar={"enabled": False})
    data = [*recipe.model_dump(mode="json")["data"], easy | {"weight": 3}]
    recipe = tiny_recipe(data=data, radar={"enabled": False}, dynamic_sampling={"max_rounds": 9})
    mix = open_mix(recipe, store)
    with LocalGrader(sandbox="scripted") as grader:
        collector = Collector(config=recipe, mix=mix, engine=ScriptedEngine(script=half_right), grader=grader)
        collections = [collector.collect(step, Stopwatch()) for step in range(1, 31)]
    trained = [group.problem.source for each in collections for group in each.kept]
    assert len(trained) == 120
    shares = {name: trained.count(name) / len(trained) for name in ("imported:sums", "jsonl:easy")}
    assert mix.shares() == shares
    assert {name: collections[-1].metrics()[f"mix/{name}"] for name in shares} == shares
    assert shares["imported:sums"] == pytest.approx(0.25, abs=0.03), "though half of it is dropped"
