"""Every data source in the table keeps the port's promises."""

import json
from pathlib import Path
from typing import Any

import pytest

from evals.source import SOURCES, Source, open_source
from rewards.problem import Domain
from rewards.verifier import VERIFIERS


def options(name: str, folder: Path) -> dict[str, Any]:
    """What a source needs to be opened; a new source adds its line here."""
    path = folder / "rows.jsonl"
    rows = [
        {"domain": "math", "prompt": f"{at}+1?", "verifier": "math", "reference": {"answer": str(at + 1)}}
        for at in range(20)
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    known: dict[str, dict[str, Any]] = {
        "jsonl": {"path": str(path)},
        "reasoning_gym": {"task": "chain_sum"},
        "reasoning_gym_mix": {"tasks": ["chain_sum", "spell_backward"]},
        "starter": {"domain": "stem"},
    }
    return known[name]


@pytest.fixture(params=sorted(SOURCES))
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Source:
    return open_source(request.param, options(request.param, tmp_path))


def test_equal_arguments_give_equal_problems(source: Source) -> None:
    assert source.problems(count=8, seed=1) == source.problems(count=8, seed=1)


def test_the_seed_draws(source: Source) -> None:
    assert source.problems(count=8, seed=1) != source.problems(count=8, seed=2)


def test_no_more_than_asked_for_and_none_twice(source: Source) -> None:
    assert source.problems(count=0, seed=0) == []
    problems = source.problems(count=15, seed=0)
    assert len({problem.id for problem in problems}) == len(problems) == 15


def test_problems_are_whole(source: Source) -> None:
    for problem in source.problems(count=5, seed=0):
        assert isinstance(problem.domain, Domain)
        assert problem.prompt.strip()
        assert problem.verifier in VERIFIERS
        assert ":" in problem.source
        assert json.loads(json.dumps(problem.reference)) == problem.reference
