from pathlib import Path

import pytest

from harness.provenance import origins
from harness.recipe import load_recipe
from harness.stages import leaves

RECIPES = Path(__file__).resolve().parents[2] / "recipes"

TEXT = """\
# a comment
name = "x"
steps = 3  # three

data = [
    # the first
    { source = "starter", options = { domain = "math" } },
    { source = "starter", weight = 2 },
]
[model]
name = \"\"\"
m\"\"\"
[[stages]]
name = "one"
steps = 1
set.rollout.n = 8
[[stages]]
name = "two"
"""


def test_every_value_has_the_line_that_it_stands_in() -> None:
    said = origins(TEXT, ["steps=4", "data.1.weight=5", "reset.kl_spike={ratio = 3.0}"], file="x.toml")
    expected = {
        "name": "x.toml:2",
        "steps": "--set",
        "data.0.source": "x.toml:5",
        "data.0.options.domain": "x.toml:5",
        "data.1.weight": "--set",
        "data.1.source": "x.toml:5",
        "model.name": "x.toml:11",
        "stages.0.name": "x.toml:14",
        "stages.0.set.rollout.n": "x.toml:16",
        "stages.1.name": "x.toml:18",
        "reset.kl_spike.ratio": "--set",
        "loss.clip_high": None,
        "reset.kl_spike.window": None,
        "stages.1.steps": None,
    }
    assert {name: said.get(name) for name in expected} == expected


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.toml")), ids=lambda path: path.name)
def test_the_lines_of_a_shipped_recipe_are_those_of_its_keys(path: Path) -> None:
    text = path.read_text()
    said = origins(text, file=path.name)
    lines = text.splitlines()
    for name, value in leaves(load_recipe(path).model_dump(mode="json")):
        if name in said and name.count(".") < 2 and not isinstance(value, list):
            line = lines[int(said[name].rpartition(":")[2]) - 1]
            assert line.split("=")[0].strip() == name.rpartition(".")[2], name
    assert "loss.clip_high" in said
