"""Scores one answer to a Reasoning Gym puzzle. The part that runs in a worker.

Only ever imported by a nursery: importing Reasoning Gym takes seconds, and nine of its scorers run or
parse as code what a model wrote (`rewards.puzzles.scorer.EVALUATED`).
"""

import math
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from reasoning_gym.dataset import ProceduralDataset
from reasoning_gym.factory import DATASETS

from rewards.puzzles.corrections import corrected_score, score_of_reading
from rewards.puzzles.datasets import CORRECTION_OF
from rewards.puzzles.scorer import Ungradable

WITHOUT_ANSWER: Final = frozenset(
    {"boxnet", "graph_color", "propositional_logic", "rubiks_cube", "rush_hour"}
)
"""Datasets that judge by checking, and give no answer with their entries."""
_BOARD_DATASETS: Final = frozenset({"arc_agi", "rearc"})
_CONFIGURATION: Final = {"word_ladder": {"min_word_length": 3, "max_word_length": 5}}
"""Where the default lets a scorer know too few words."""
_PROBE: Final = "{}"
"""An answer to an entry that has none of its own: its scorer must be able to say no."""


def warm_up() -> None:
    """Load before any fork what takes longest of what `puzzle` asks the published scorers."""
    _dataset("word_ladder")


def score(item: dict[str, Any]) -> dict[str, Any]:
    """Score `{"dataset", "entry", "answer", "upstream"}`; an answer of None is none.

    Answers `{"score": in [0, 1], "note": TEXT or None}`, or `{"bad_reference": REASON}` where the scorer
    cannot use the entry, or `{"ungradable": REASON}` where the dataset is unknown, or the entry has its form
    and what it says cannot be read.
    """
    name, entry, answer = item["dataset"], item["entry"], item["answer"]
    reason = _why_not(name, entry)
    if reason is not None:
        return reason
    if answer is None:
        return {"score": 0.0, "note": None}
    entry = _as_generated(name, entry)
    try:
        return {"score": _score(name, answer, entry, upstream=item["upstream"]), "note": None}
    except MemoryError:
        raise
    except Ungradable as error:
        return {"ungradable": f"no answer to {name!r} can be judged: {error}"}
    except BaseException as error:  # on junk a published scorer raises anything, SystemExit too
        if not _scores_its_own(name, entry, upstream=item["upstream"]):
            return {"bad_reference": f"the scorer of {name!r} cannot use this entry: {error!r:.200}"}
        if not item["upstream"] and CORRECTION_OF[name].scorer is not None:
            raise  # a scorer of ours takes any answer: this is our fault
        return {"score": 0.0, "note": f"the dataset's scorer raised {error!r:.200}"}


def _why_not(name: str, entry: Mapping[str, Any]) -> dict[str, str] | None:
    """What stands against scoring any answer, as `score` tells it."""
    if name not in CORRECTION_OF:
        return {"ungradable": f"no Reasoning Gym dataset {name!r} here; `harness data list` names them"}
    if entry["answer"] is None and name not in WITHOUT_ANSWER:
        return {"bad_reference": f"an entry of {name!r} has an 'answer'"}
    missing = [key for key in CORRECTION_OF[name].needs if key not in entry["metadata"]]
    if missing:
        return {"bad_reference": f"the metadata of an entry of {name!r} has {', '.join(missing)}"}
    return None


@cache
def _dataset(name: str) -> ProceduralDataset:
    dataset_class, config_class = DATASETS[name]
    return dataset_class(config=config_class(**_CONFIGURATION.get(name, {})))


def _published_score(name: str, answer: str, entry: Mapping[str, Any]) -> float:
    value = float(_dataset(name).score_answer(answer, entry))
    return min(1.0, max(0.0, value)) if math.isfinite(value) else 0.0


def _score(name: str, answer: str, entry: Mapping[str, Any], *, upstream: bool) -> float:
    if upstream:
        return _published_score(name, answer, entry)
    return corrected_score(name, answer, entry, _published_score)


def _scores_its_own(name: str, entry: Mapping[str, Any], *, upstream: bool) -> bool:
    """Whether the scorer can score the entry's own answer: then what it cannot score is junk."""
    own = _PROBE if entry["answer"] is None else entry["answer"].strip()
    try:
        if upstream:
            _published_score(name, own, entry)
        else:
            score_of_reading(name, own, entry, _published_score)
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
