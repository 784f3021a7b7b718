"""Rush Hour: cars on a board of six by six, moved until the red one can leave."""

import re
from typing import Final

from rewards.puzzles.moves import MAX_MOVES
from rewards.puzzles.scorer import Entry

WIDTH: Final = 6
_MOVE: Final = re.compile(r"[A-Z][+-]\d")


def leaves(answer: str, entry: Entry) -> float:
    """The red car stands at the exit after the last move, and every move could be made."""
    cars, walls = board_of(entry["metadata"]["board_config"])
    moves = answer.replace(",", " ").split()
    if len(moves) > MAX_MOVES or not all(map(_MOVE.fullmatch, moves)):
        return 0.0
    for made in moves:
        steps = int(made[1:])
        if made[0] not in cars or not move(cars, walls, made[0], steps):
            return 0.0
    return float(is_solved(cars))


Cars = dict[str, list[int]]
"""The cells of each car, 0 to 35, first to last."""


def board_of(config: str) -> tuple[Cars, frozenset[int]]:
    """Cars under the letters that the question shows, and walls."""
    walls = frozenset(place for place, cell in enumerate(config) if cell == "x")
    labels = sorted(set(config) - {"o", "x"})
    cars = {
        chr(ord("A") + number): [place for place, cell in enumerate(config) if cell == label]
        for number, label in enumerate(labels)
    }
    return cars, walls


def move(cars: Cars, walls: frozenset[int], car: str, steps: int) -> bool:
    """Move a car as far as asked; False, with the car somewhere on its way, where it cannot go."""
    taken = walls.union(*(cells for name, cells in cars.items() if name != car))
    stride = cars[car][1] - cars[car][0]
    for _ in range(abs(steps)):
        cells = [cell + (stride if steps > 0 else -stride) for cell in cars[car]]
        edge = any(not 0 <= cell < WIDTH**2 for cell in cells)
        row = cells[0] // WIDTH
        if edge or (stride == 1 and any(cell // WIDTH != row for cell in cells)):
            return False
        if (stride == 1 and row != cars[car][0] // WIDTH) or not taken.isdisjoint(cells):
            return False
        cars[car] = cells
    return True


def is_solved(cars: Cars) -> bool:
    """Whether the red car is at the exit."""
    return cars["A"][-1] % WIDTH == WIDTH - 1
