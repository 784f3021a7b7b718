"""Entries of every dataset of Reasoning Gym, after the way through JSON that every stored problem takes."""

import json
from functools import cache
from typing import Any

import reasoning_gym

_COUNT = 2
_SMALL: dict[str, dict[str, Any]] = {
    "futoshiki": {"max_board_size": 4},
    "game_of_life_halting": {"max_simulation_steps": 10},
    "rush_hour": {"min_moves": 5, "max_moves": 12},
    "zebra_puzzles": {"num_people": 3, "num_characteristics": 3},
}
"""What is slow by default."""


@cache
def entries_of(dataset: str, seed: int = 7) -> tuple[dict[str, Any], ...]:
    """Two entries."""
    made = reasoning_gym.create_dataset(dataset, size=_COUNT, seed=seed, **_SMALL.get(dataset, {}))
    return tuple(json.loads(json.dumps(made[place], default=str)) for place in range(_COUNT))


def entry_of(dataset: str) -> dict[str, Any]:
    """One entry."""
    return entries_of(dataset)[0]
