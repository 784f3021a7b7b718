"""Answers that are plans: carried out move by move, and a plan ends where it is done.

A move that cannot be made ends a plan too. The published scorers pass over such moves, so that one long
plan of all moves solves every board.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from rewards.puzzles.lists import list_of
from rewards.puzzles.response import rows_of
from rewards.puzzles.scorer import Entry, NoAnswer

MAX_MOVES: Final = 5_000
_BOXNET_MOVE: Final = re.compile(r"move\((?P<box>box_\w+),\s*(?P<place>target_\w+|square\[[\d., ]+\])\)")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_HANOI_MOVE: Final = re.compile(r"move disk (\d{1,4}) from peg (\d{1,4}) to peg (\d{1,4})\.?", re.IGNORECASE)
_STEPS: Final = {"L": (0, -1), "R": (0, 1), "U": (-1, 0), "D": (1, 0)}


def boxnet(answer: str, entry: Entry) -> float:
    """The share of the boxes that are brought to their targets before the plan ends."""
    state = {_square(key): list(items) for key, items in entry["metadata"]["initial_state"].items()}
    boxes = _boxes(state)
    moves = [move for step in list_of(answer) for move in _mapping(step).items()]
    for square, action in moves[:MAX_MOVES]:
        if not _move_box(state, _square(square), action):
            break
    return (boxes - _boxes(state)) / boxes


def _move_box(state: dict[tuple[float, ...], list[str]], place: tuple[float, ...], action: Any) -> bool:
    match = _BOXNET_MOVE.fullmatch(action.strip()) if isinstance(action, str) else None
    here = state.get(place)
    if match is None or here is None or match["box"] not in here:
        return False
    if match["place"].startswith("target_"):
        fits = match["place"] in here and match["place"][7:] == match["box"][4:]
        if fits:
            here.remove(match["place"])
            here.remove(match["box"])
        return fits
    goal = _square(match["place"])
    fits = goal in state and sum(abs(one - other) for one, other in zip(place, goal, strict=True)) == 1
    if fits:
        here.remove(match["box"])
        state[goal].append(match["box"])
    return fits


def _square(text: str) -> tuple[float, ...]:
    numbers = _NUMBER.findall(text[:100])
    return tuple(float(number) for number in numbers) if len(numbers) == 2 else ()


def _boxes(state: Mapping[tuple[float, ...], list[str]]) -> int:
    return sum(item.startswith("box_") for items in state.values() for item in items)


def colouring(answer: str, entry: Entry) -> float:
    """Every vertex has a colour of those allowed, another than its neighbours."""
    puzzle = entry["metadata"]["puzzle"]
    vertices, colours = puzzle["vertices"], puzzle["color_options"]
    try:
        given = _mapping(json.loads(answer))
    except (ValueError, RecursionError) as error:
        raise NoAnswer(answer[:80]) from error
    if set(given) != {str(vertex) for vertex in vertices}:
        return 0.0
    allowed = all(type(colour) is int and colour in colours for colour in given.values())
    return float(allowed and all(given[str(one)] != given[str(other)] for one, other in puzzle["edges"]))


def sokoban(answer: str, entry: Entry) -> float:
    """All boxes stand on goals after the last move and after none before."""
    rows = [row.split() for row in entry["metadata"]["gamestr"].strip().split("\n")]
    cells = {(y, x): cell for y, row in enumerate(rows) for x, cell in enumerate(row)}
    goals = {place for place, cell in cells.items() if cell in "X$%"}
    boxes = {place for place, cell in cells.items() if cell in "@$"}
    free = {place for place, cell in cells.items() if cell != "+"}
    (player,) = (place for place, cell in cells.items() if cell in "*%")
    moves = "".join(answer.replace(",", " ").split())
    if not re.fullmatch(f"[LRUD]{{1,{MAX_MOVES}}}", moves):
        return 0.0
    for made, move in enumerate(moves, start=1):
        step = _STEPS[move]
        ahead = (player[0] + step[0], player[1] + step[1])
        beyond = (ahead[0] + step[0], ahead[1] + step[1])
        if ahead in boxes and beyond in free - boxes:
            boxes = boxes - {ahead} | {beyond}
        if ahead in free - boxes:
            player = ahead
        if boxes <= goals:
            return float(made == len(moves))
    return 0.0


def hanoi(answer: str, entry: Entry) -> float:
    """1 for all disks on the target peg in as few moves as the entry's own; less for more moves."""
    metadata = entry["metadata"]
    pegs: dict[int, list[int]] = {peg: [] for peg in range(1, metadata["num_pegs"] + 1)}
    pegs[metadata["start_peg"]] = list(range(metadata["num_disks"], 0, -1))
    moves = [_HANOI_MOVE.fullmatch(line) for line in rows_of(answer)]
    for move in moves:
        if move is None:
            return 0.0
        disk, start, end = (int(part) for part in move.groups())
        if not _fits(disk, pegs.get(start, []), pegs.get(end)):
            return 0.0
        pegs[end].append(pegs[start].pop())
    if len(pegs[metadata["target_peg"]]) != metadata["num_disks"]:
        return 0.0
    return min(1.0, float(metadata["solution_length"]) / len(moves))


def _fits(disk: int, start: list[int], end: list[int] | None) -> bool:
    return start[-1:] == [disk] and end is not None and (not end or end[-1] > disk)


def shortest_path(answer: str, entry: Entry) -> float:
    """A way of the shortest length; half for a longer way that enters no square twice."""
    matrix, right = entry["metadata"]["matrix"], entry["answer"].split()
    given = answer.casefold().replace(",", " ").split()
    if right == ["infeasible"] or given == ["infeasible"]:
        return float(given == right)
    cells = {(y, x): cell for y, row in enumerate(matrix) for x, cell in enumerate(row)}
    place = next(here for here, cell in cells.items() if cell == "*")
    seen = {place}
    for word in given:
        if word not in _WAYS:
            return 0.0
        place = (place[0] + _WAYS[word][0], place[1] + _WAYS[word][1])
        if cells.get(place, "X") == "X" or place in seen:
            return 0.0
        seen.add(place)
    if cells[place] != "#":
        return 0.0
    return 1.0 if len(given) == len(right) else 0.5


_WAYS: Final = {"left": (0, -1), "right": (0, 1), "up": (-1, 0), "down": (1, 0)}


def buttons(answer: str, entry: Entry) -> float:
    """Reaches the target by as few presses as the entry's own; half for more."""
    metadata, right = entry["metadata"], entry["answer"].split(" → ")
    known = {button["name"]: button for button in metadata["buttons"]}
    presses = re.split(r"\s*(?:→|->|,|\s)\s*", answer.upper())
    value, light = metadata["initial_value"], metadata["initial_state"]
    if len(presses) > MAX_MOVES or not set(presses) <= set(known):
        return 0.0
    for made, press in enumerate(presses, start=1):
        button = known[press]
        if button["active_state"] in {light, "any"}:
            value = _OPERATIONS[button["type"]](value, button["value"])
            light = "green" if light == "red" else "red"
        if abs(value) > 10**50:
            return 0.0
        if value == metadata["target_value"] and made <= len(right):
            return float(made == len(presses))
    return 0.5 * (value == metadata["target_value"] and len(presses) < 2 * len(right))


_OPERATIONS: Final = {
    "add": int.__add__,
    "subtract": int.__sub__,
    "multiply": int.__mul__,
}


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NoAnswer("not an object")
    return value
