import tomllib
from pathlib import Path

import pytest

from harness.errors import ConfigError
from harness.recipe import load_recipe, parse_recipe
from tests.harness.recipes import tiny_recipe

RECIPES = Path(__file__).resolve().parents[2] / "recipes"
MINIMAL = {"name": "x", "steps": 1, "model": {"name": "m"}, "data": [{"source": "starter"}]}


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.toml")), ids=lambda path: path.name)
def test_every_recipe_that_comes_with_the_project_loads(path: Path) -> None:
    assert load_recipe(path).steps > 0


def test_the_demo_has_prorls_settings_and_a_reset() -> None:
    config = load_recipe(RECIPES / "demo.toml")
    assert (config.rollout.n, config.rollout.temperature) == (16, 1.2)
    assert (config.loss.clip_low, config.loss.clip_high) == (0.2, 0.4)
    assert config.dynamic_sampling.enabled
    assert 0 < config.reset.every < config.steps
    assert config.reset.optimizer


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stepps": 3}, "stepps: no such key; did you mean 'steps'?"),
        ({"loss": {"clip_hi": 0.3}}, "loss.clip_hi: no such key; did you mean 'clip_high'?"),
        ({"data": [{"source": "starter", "cuont": 3}]}, "data.0.cuont: no such key; did you mean 'count'?"),
        ({"steps": 0}, "steps = 0"),
        ({"steps": "many"}, "steps = 'many'"),
        ({"rollout": {"n": 1}}, "rollout.n = 1"),
        ({"loss": {"kl_estimator": "k9"}}, "loss.kl_estimator: no KL estimator 'k9'"),
        ({"evaluation": {"at": [2.0]}}, "evaluation.at holds shares"),
        ({"name": "Not a name"}, "name = 'Not a name'"),
        ({"data": []}, "data = []"),
    ],
)
def test_a_wrong_key_or_number_is_named_with_what_is_known(change: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_recipe(MINIMAL | change)
    assert message in str(caught.value)


def test_a_missing_key_is_named() -> None:
    with pytest.raises(ConfigError, match=r"steps: missing"):
        parse_recipe({key: value for key, value in MINIMAL.items() if key != "steps"})


def test_set_reaches_any_key_by_its_dotted_name() -> None:
    overrides = [
        "steps=24",
        "loss.clip_high=0.28",
        "data.0.weight=9",
        "model.name=other",
        "evaluation.at=[1.0]",
    ]
    config = load_recipe(RECIPES / "demo.toml", overrides)
    assert config.steps == 24
    assert config.loss.clip_high == 0.28
    assert config.data[0].weight == 9
    assert config.model.name == "other"
    assert config.evaluation_steps() == [24]


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("steps", "--set takes key=value"),
        ("steps.deeper=1", "'steps' is a value"),
        ("data.99.weight=1", "'99' is not a place"),
        ("nothing=1", "nothing: no such key"),
    ],
)
def test_an_override_that_fits_nowhere_is_refused(override: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_recipe(RECIPES / "demo.toml", [override])
    assert message in str(caught.value)


def test_a_recipe_that_is_missing_or_no_toml_is_one_clear_message(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no recipe at"):
        load_recipe(tmp_path / "none.toml")
    broken = tmp_path / "broken.toml"
    broken.write_text("steps = = 3")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_recipe(broken)
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(broken.read_text())


def test_the_fingerprint_follows_every_value() -> None:
    assert tiny_recipe().fingerprint() == tiny_recipe().fingerprint()
    assert tiny_recipe().fingerprint() != tiny_recipe(seed=1).fingerprint()


def test_evaluations_stand_where_the_shares_say() -> None:
    assert tiny_recipe(evaluation={"at": [0.0, 0.5, 1.0]}).evaluation_steps() == [0, 3, 6]
