"""Rubik's cube: turned as the answer says."""

import itertools
import re
from collections.abc import Iterator
from typing import Final

from magiccube import Cube
from magiccube.cube_base import CubeException

from rewards.puzzles.scorer import Entry, NoAnswer

MAX_TURNS: Final = 1_000
_TURN: Final = re.compile(r"(?P<turn>\d?[LRUDFBMESXYZ]w?)(?:(?P<back>'?)2?|2')")


def turned(answer: str, entry: Entry) -> float:
    """1 for a solved cube; else what share of the misplaced stickers is put in place."""
    metadata = entry["metadata"]
    state = Cube(metadata["cube_size"])
    state.rotate(metadata["scramble_moves"])
    before = _misplaced(state)
    moves = list(itertools.islice(_turns(answer), MAX_TURNS + 1))
    if len(moves) > MAX_TURNS:
        return 0.0
    try:
        state.rotate(" ".join(moves))
    except CubeException as error:
        raise NoAnswer(str(error)) from error
    if state.is_done():
        return 1.0
    return max(0.0, 1 - _misplaced(state) / before) if before else 0.0


def _turns(answer: str) -> Iterator[str]:
    for word in answer.replace(",", " ").replace("\u2019", "'").split():
        match = _TURN.fullmatch(word)
        if match is None:
            raise NoAnswer(word[:80])
        yield from [match["turn"] + (match["back"] or "")] * (2 if "2" in word[len(match["turn"]) :] else 1)


def _misplaced(state: Cube) -> int:
    """Stickers that are not of the colour in the middle of their face."""
    middle = state.size // 2
    return sum(
        sticker != face[middle][middle]
        for face in state.get_all_faces().values()
        for row in face
        for sticker in row
    )
