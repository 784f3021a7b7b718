"""Every published data set in the table: its card is whole, sound rows are proved, broken ones named."""

import re
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import pytest

from evals.dataset import DATASETS, QUESTION, Dataset, conforming, open_dataset, require_keepable
from evals.datasets.reasoning_gym import LEVELS, _source, trainable_tasks
from evals.errors import EvalError
from harness.proving import faults_of, require_canary
from rewards.grader import LocalGrader
from rewards.rubric import BINARY
from rewards.verifier import VERIFIERS
from tests.published_rows import BROKEN, OTHERS, SOUND

NAMES = sorted(DATASETS)


@pytest.fixture(scope="module")
def grader() -> Iterator[LocalGrader]:
    with LocalGrader() as opened:
        yield opened


def fault_of(dataset: Dataset, row: Any, grader: LocalGrader) -> str | None:
    """Why a row is not taken; empty where it is, None where it is of another kind."""
    try:
        candidate = dataset.candidate(conforming(row, dataset.card.columns))
        if candidate is None:
            return None
        require_keepable(candidate)
    except EvalError as error:
        return str(error)
    return faults_of([candidate], dataset.card, grader)[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_card_is_whole(name: str) -> None:
    card = open_dataset(name).card
    assert card.name == name
    assert card.verifier in VERIFIERS
    assert QUESTION in card.template
    assert card.licence
    assert (card.reward == "binary") is (card.domain in BINARY)
    assert bool(card.hub) == bool(card.files)
    assert not card.hub or not card.revision or re.fullmatch("[0-9a-f]{40}", card.revision)


@pytest.mark.parametrize("name", NAMES)
def test_its_canary_is_accepted(name: str, grader: LocalGrader) -> None:
    require_canary(open_dataset(name).card, grader)


@pytest.mark.parametrize("name", NAMES)
def test_sound_rows_are_proved(name: str, grader: LocalGrader) -> None:
    dataset = open_dataset(name)
    for row in SOUND[name]:
        assert fault_of(dataset, row, grader) == "", row


@pytest.mark.parametrize(
    ("name", "row", "reason"), [(name, *broken) for name in NAMES for broken in BROKEN[name]]
)
def test_broken_rows_are_refused_with_the_reason(
    name: str, row: Any, reason: str, grader: LocalGrader
) -> None:
    fault = fault_of(open_dataset(name), row, grader)
    assert fault
    assert re.search(reason, fault), fault


@pytest.mark.parametrize(("name", "row"), [(name, row) for name in OTHERS for row in OTHERS[name]])
def test_rows_of_another_kind_are_passed_over(name: str, row: dict[str, Any], grader: LocalGrader) -> None:
    assert fault_of(open_dataset(name), row, grader) is None


def test_an_unknown_data_set_is_refused_with_what_is_known() -> None:
    with pytest.raises(EvalError, match="no data set 'deepscalar': have code-rows, deepscaler"):
        open_dataset("deepscalar")


def test_made_rows_are_pinned_by_the_library_that_makes_them() -> None:
    assert f"reasoning-gym {version('reasoning-gym')}, seed" in open_dataset("reasoning-gym").card.revision


def test_every_task_has_rows_but_those_left_out() -> None:
    blocks = [_source(task, level) for task in trainable_tasks() for level in LEVELS]
    assert len(trainable_tasks()) == 101
    assert not {"acre", "boxnet", "game_of_life_halting"} & set(trainable_tasks())
    assert all(_source(task, 0) is not None for task in trainable_tasks())
    assert sum(source is not None for source in blocks) > 280
