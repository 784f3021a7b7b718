from typing import Any

import pytest

from harness.errors import ConfigError
from harness.recipe import parse_recipe
from harness.stages import leaves, plan_stages
from tests.harness.recipes import tiny_recipe

TREE: dict[str, Any] = {
    "name": "x",
    "steps": 30,
    "model": {"name": "m"},
    "data": [{"source": "starter"}, {"source": "starter", "weight": 0}],
    "rollout": {"n": 4, "prompts": 4, "max_tokens": 64},
}


def test_a_run_without_stages_is_one_that_changes_nothing() -> None:
    config = tiny_recipe()
    (stage,) = plan_stages(config)
    assert (stage.name, stage.steps, stage.reset, stage.config) == ("", None, False, config)


def test_each_stage_is_the_recipe_with_its_own_changes_and_not_the_last_ones() -> None:
    stages = [
        {"name": "one", "steps": 10, "set": {"rollout": {"n": 8, "temperature": 0.7}}},
        {"name": "two", "steps": 10, "set": {"data": {"1": {"weight": 3}}}},
        {
            "name": "three",
            "set": {
                "rollout": {"max_tokens": 128},
                "rewards": {"truncated_factor": 0.0, "cosine_length": {"weight": 0.5}},
                "reset": {"every": 5},
            },
        },
    ]
    one, two, three = plan_stages(parse_recipe(TREE | {"stages": stages}))
    assert (one.config.rollout.n, one.config.rollout.temperature) == (8, 0.7)
    assert (two.config.rollout.n, [each.weight for each in two.config.data]) == (4, [1.0, 3.0])
    assert [each.weight for each in three.config.data] == [1.0, 0.0]
    assert (three.config.rollout.max_tokens, three.config.reset.every) == (128, 5)
    assert three.config.rewards.cosine_length is not None
    assert three.config.rewards.cosine_length.off == 500
    assert [stage.reset for stage in (one, two, three)] == [False, True, True]
    assert two.changes == {"data.1.weight": 3}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"set": {"loss": {"clip_high": 0.3}}}, "stages.0.set: loss.clip_high cannot change within a run"),
        ({"set": {"rollout": {"prompts": 9}}}, "rollout.prompts cannot change within a run"),
        ({"set": {"rollout": {"n": 1}}}, "rollout.n = 1"),
        ({"set": {"reset": {"plateau": {"windw": 2, "tolerance": 0}}}}, "did you mean 'window'?"),
        ({"set": {"data": {"9": {"weight": 2}}}}, "'9' is not a place in a list of 2"),
        ({"set": {"data": {"0": {"count": 2}}}}, "data.0.count cannot change within a run"),
        ({"set": {"data": {"0": {"weight": 0}}}}, "stages.0.set: data: every weight is 0"),
        ({"set": {"rewards": {"soft_overlong": {"buffer": 99}}}}, "is longer than rollout.max_tokens = 64"),
        ({"set": {"reset": {"validation": {"every": 3}}}}, "reset.validation.every cannot change"),
        ({"steps": None}, "stages.0: give it steps or until_reset"),
        ({"name": "two"}, "stages: 'two' is there twice"),
        ({"stps": 3}, "stages.0.stps: no such key; did you mean 'steps'?"),
    ],
)
def test_what_a_stage_may_not_set_is_named(change: dict[str, Any], message: str) -> None:
    first = {"name": "one", "steps": 10} | change
    with pytest.raises(ConfigError) as caught:
        parse_recipe(TREE | {"stages": [first, {"name": "two"}]})
    assert message in str(caught.value)


def test_the_last_stage_lasts_to_the_end() -> None:
    with pytest.raises(ConfigError, match=r"stages\.0: the last stage lasts to the run's end"):
        parse_recipe(TREE | {"stages": [{"name": "one", "steps": 10}]})


def test_leaves_are_the_names_that_set_takes() -> None:
    tree = {"a": 1, "b": {"c": [1, 2], "d": {}}, "e": [{"f": 1}, {"f": {"g": 2}}]}
    assert dict(leaves(tree)) == {"a": 1, "b.c": [1, 2], "b.d": {}, "e.0.f": 1, "e.1.f.g": 2}
