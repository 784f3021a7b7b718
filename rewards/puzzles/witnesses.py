"""Right answers to the puzzles whose entries bring none, to put every dataset's scorer to the test.

For tests and audits. Nothing that judges an answer stands on it.
"""

import json
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final

from rewards.puzzles.logic import letters_of, statement, worlds_against
from rewards.puzzles.rush_hour import Cars, board_of, is_solved, move
from rewards.puzzles.scorer import Entry

MAX_POSITIONS: Final = 300_000
"""After so many a search is given up."""


def witness(dataset: str, entry: Entry) -> str | None:
    """An answer that earns 1: the entry's own, or one that is searched for; None where none is found."""
    if entry["answer"] is not None:
        return str(entry["answer"])
    solve = _SOLVERS.get(dataset)
    return solve(entry["metadata"]) if solve is not None else None


def _boxnet(metadata: Mapping[str, Any]) -> str | None:
    """One box after the other, along its row and then its column; nothing is in a box's way."""
    places = {tuple(map(float, key.split("_"))): items for key, items in metadata["initial_state"].items()}
    targets = [
        (item[7:], place) for place, items in places.items() for item in items if item[:7] == "target_"
    ]
    steps: list[dict[str, str]] = []
    for place, items in places.items():
        for box in (item for item in items if item[:4] == "box_"):
            goal = next((target for colour, target in targets if colour == box[4:]), None)
            if goal is None:
                return None
            targets.remove((box[4:], goal))
            here = list(place)
            for axis in (0, 1):
                while here[axis] != goal[axis]:
                    agent = f"Agent[{here[0]}, {here[1]}]"
                    here[axis] += 1 if goal[axis] > here[axis] else -1
                    steps.append({agent: f"move({box}, square[{here[0]}, {here[1]}])"})
            steps.append({f"Agent[{goal[0]}, {goal[1]}]": f"move({box}, target_{box[4:]})"})
    return json.dumps(steps)


def _graph_color(metadata: Mapping[str, Any]) -> str | None:
    """Colours vertices with the most neighbours first, and takes back what leads nowhere."""
    puzzle = metadata["puzzle"]
    neighbours: dict[Any, set[Any]] = {vertex: set() for vertex in puzzle["vertices"]}
    for one, other in puzzle["edges"]:
        neighbours[one].add(other)
        neighbours[other].add(one)
    order = sorted(neighbours, key=lambda vertex: -len(neighbours[vertex]))
    colours: dict[Any, int] = {}
    tried: list[list[int]] = [list(puzzle["color_options"])]
    for _ in range(MAX_POSITIONS):
        if len(colours) == len(order):
            return json.dumps({str(vertex): colours[vertex] for vertex in puzzle["vertices"]})
        vertex = order[len(colours)]
        taken = {colours.get(other) for other in neighbours[vertex]}
        free = next((colour for colour in tried[-1] if colour not in taken), None)
        if free is not None:
            del tried[-1][: tried[-1].index(free) + 1]
            colours[vertex] = free
            tried.append(list(puzzle["color_options"]))
        elif colours:
            tried.pop()
            del colours[order[len(colours) - 1]]
        else:
            return None
    return None


def _propositional_logic(metadata: Mapping[str, Any]) -> str | None:
    """All premises at once; where these say nothing, neither does the conclusion."""
    joined = " ∧ ".join(f"({premise})" for premise in [*metadata["premises"], metadata["premises"][0]])
    read = statement(joined)
    if worlds_against(read, sorted(letters_of(read))):
        return joined
    return "({0} ∨ ¬{0})".format(metadata["variables"][0])


def _rubiks_cube(metadata: Mapping[str, Any]) -> str | None:
    """The scramble backwards."""
    turns = reversed(metadata["scramble_moves"].split())
    return " ".join(turn[:-1] if turn.endswith("'") else f"{turn}'" for turn in turns)


def _rush_hour(metadata: Mapping[str, Any]) -> str | None:
    """The fewest moves, by breadth-first search."""
    cars, walls = board_of(metadata["board_config"])
    start = _position(cars)
    before: dict[tuple[int, ...], tuple[tuple[int, ...], str] | None] = {start: None}
    waiting = deque([cars])
    while waiting and len(before) < MAX_POSITIONS:
        cars = waiting.popleft()
        here = _position(cars)
        if is_solved(cars):
            return " ".join(_moves_to(here, before))
        for car in cars:
            for step in (1, -1):
                moved = dict(cars)
                while move(moved, walls, car, step):
                    there = _position(moved)
                    if there not in before:
                        before[there] = (here, _move(car, cars, moved))
                        waiting.append(dict(moved))
    return None


def _position(cars: Cars) -> tuple[int, ...]:
    return tuple(cells[0] for cells in cars.values())


def _move(car: str, before: Cars, after: Cars) -> str:
    return f"{car}{(after[car][0] - before[car][0]) // (before[car][1] - before[car][0]):+d}"


def _moves_to(
    position: tuple[int, ...], before: Mapping[tuple[int, ...], tuple[tuple[int, ...], str] | None]
) -> list[str]:
    moves = []
    while (last := before[position]) is not None:
        position, made = last
        moves.append(made)
    return moves[::-1]


_SOLVERS: Final[dict[str, Callable[[Mapping[str, Any]], str | None]]] = {
    "boxnet": _boxnet,
    "graph_color": _graph_color,
    "propositional_logic": _propositional_logic,
    "rubiks_cube": _rubiks_cube,
    "rush_hour": _rush_hour,
}
