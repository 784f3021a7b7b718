"""Rush Hour: cars on a board of six by six, moved until the red one can leave."""

import re
from typing import Final

from rewards.puzzles.moves import MAX_MOVES
from rewards.puzzles.scorer import Entry

WIDTH: Final = 6
Cars = dict[str, list[int]]
"""The cells of each car, 0 to 35, first to last."""

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
        leaves_row = stride == 1 and {cell // WIDTH for cell in (*cells, *cars[car])} != {cells[0] // WIDTH}
        if leaves_row or not all(0 <= cell < WIDTH**2 for cell in cells) or not taken.isdisjoint(cells):
            return False
        cars[car] = cells
    return True


def is_solved(cars: Cars) -> bool:
    """Whether the red car is at the exit."""
    return cars["A"][-1] % WIDTH == WIDTH - 1
