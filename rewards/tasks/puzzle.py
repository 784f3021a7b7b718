"""Scores one answer to a Reasoning Gym puzzle. The part that runs in a worker.

Only ever imported by a nursery: importing Reasoning Gym takes seconds, and nine of its scorers run or
parse as code what a model wrote (`rewards.tasks.puzzle_corrections.EVALUATED_FORMS`).
"""

import math
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from reasoning_gym.dataset import ProceduralDataset
from reasoning_gym.factory import DATASETS

from rewards.tasks.puzzle_corrections import corrected_score

_NOT_ONE_DATASET: Final = "composite"
_WITHOUT_ANSWER: Final = frozenset(
    {"boxnet", "graph_color", "propositional_logic", "rubiks_cube", "rush_hour"}
)
"""Datasets that judge by checking, and give no answer with their entries."""
_BOARD_DATASETS: Final = frozenset({"arc_agi", "rearc"})


def score(item: dict[str, Any]) -> dict[str, Any]:
    """Score `{"dataset", "entry", "answer", "upstream"}`.

    Answers `{"score": in [0, 1], "note": TEXT or None}`, or `{"bad_reference": REASON}` where the
    dataset is unknown or its scorer cannot use the entry.
    """
    name, entry, answer = item["dataset"], item["entry"], item["answer"]
    if name not in DATASETS or name == _NOT_ONE_DATASET:
        return {"bad_reference": f"no Reasoning Gym dataset {name!r}; `harness data list` names them"}
    if entry["answer"] is None and name not in _WITHOUT_ANSWER:
        return {"bad_reference": f"an entry of {name!r} has an 'answer'"}
    entry = _as_generated(name, entry)
    if not answer:
        return {"score": 0.0, "note": None}
    try:
        if item["upstream"]:
            value = _published_score(name, answer, entry)
        else:
            value = corrected_score(name, answer, entry, _published_score)
    except MemoryError:
        raise
    except BaseException as error:  # noqa: BLE001 - on junk a scorer raises anything, SystemExit too
        if not _usable(name, entry):
            return {"bad_reference": f"the scorer of {name!r} cannot use this entry: {error!r:.200}"}
        return {"score": 0.0, "note": f"the dataset's scorer raised {error!r:.200}"}
    return {"score": value, "note": None}


@cache
def _dataset(name: str) -> ProceduralDataset:
    dataset_class, config_class = DATASETS[name]
    return dataset_class(config=config_class())


def _published_score(name: str, answer: str, entry: Mapping[str, Any]) -> float:
    value = float(_dataset(name).score_answer(answer, entry))
    return min(1.0, max(0.0, value)) if math.isfinite(value) else 0.0


def _usable(name: str, entry: Mapping[str, Any]) -> bool:
    """Whether the scorer can score the entry's own answer."""
    try:
        _published_score(name, entry["answer"], entry)
    except Exception:  # noqa: BLE001 - as in `score`
        return False
    return True


def _as_generated(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    """The entry as the dataset made it: JSON turns a board's tuples into lists, and then no answer fits."""
    board = entry["metadata"].get("output")
    if name in _BOARD_DATASETS and isinstance(board, list):
        metadata = entry["metadata"] | {"output": tuple(tuple(row) for row in board)}
        return entry | {"metadata": metadata}
    return entry
