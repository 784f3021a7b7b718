"""Answers that fill in a grid: what was given there already earns nothing."""

import re
from collections.abc import Sequence
from typing import Final

from rewards.puzzles.figures import number_of
from rewards.puzzles.response import rows_of
from rewards.puzzles.scorer import Entry, NoAnswer

FILLED_IN_PART: Final = 0.9
"""At most, for a board that is not right as a whole."""
POOLING_TOLERANCE: Final = 0.01
_FUTOSHIKI_SIGNS: Final = re.compile(r"[<>]")

Grid = list[list[int]]


def digits_filled_in(answer: str, entry: Entry) -> float:
    """Sudoku: the share of the blanks that are filled rightly, once every given digit stands."""
    puzzle, solution = entry["metadata"]["puzzle"], entry["metadata"]["solution"]
    return _filled_in(_grid(answer), puzzle, solution)


def futoshiki(answer: str, entry: Entry) -> float:
    """As for Sudoku; the signs between the digits are as they were."""
    puzzle, solution = entry["metadata"]["puzzle"], entry["metadata"]["solution"]
    lines = [_FUTOSHIKI_SIGNS.sub(" ", line) for line in answer.splitlines()]
    return _filled_in(_grid("\n".join(line for line in lines if re.search(r"\d", line))), puzzle, solution)


def survo(answer: str, entry: Entry) -> float:
    """The given numbers stand, the loose ones are used once each, and all sums are right."""
    puzzle, loose = entry["metadata"]["puzzle"], entry["metadata"]["candidate_numbers"]
    grid = _grid(answer)
    _same_shape(grid, puzzle)
    blanks = [(y, x) for y, row in enumerate(puzzle) for x, cell in enumerate(row) if not cell]
    stands = all(cell in {0, grid[y][x]} for y, row in enumerate(puzzle) for x, cell in enumerate(row))
    used = sorted(grid[y][x] for y, x in blanks) == sorted(loose)
    sums = all(sum(line[:-1]) == line[-1] for line in (*grid, *map(list, zip(*grid, strict=True))))
    return float(stands and used and sums)


def kakurasu(answer: str, entry: Entry) -> float:
    """Ones and zeros whose weighted sums are those asked for."""
    row_sums, column_sums = entry["metadata"]["row_sums"], entry["metadata"]["col_sums"]
    grid = _grid(answer)
    _same_shape(grid, [column_sums] * len(row_sums))
    rows = [sum(x * cell for x, cell in enumerate(row, start=1)) for row in grid]
    columns = [sum(y * cell for y, cell in enumerate(column, start=1)) for column in zip(*grid, strict=True)]
    binary = all(cell in {0, 1} for row in grid for cell in row)
    return float(binary and rows == row_sums and columns == column_sums)


def pooled(answer: str, entry: Entry) -> float:
    """Rows of decimals, each within 0.01."""
    right = [[float(cell) for cell in row.split()] for row in rows_of(entry["answer"])]
    given = [[float(number_of(cell)) for cell in row.split()] for row in rows_of(answer)]
    if [len(row) for row in given] != [len(row) for row in right]:
        return 0.0
    pairs = zip((x for row in given for x in row), (x for row in right for x in row), strict=True)
    return float(all(abs(one - other) <= POOLING_TOLERANCE + 1e-9 for one, other in pairs))


def arc_board(answer: str, entry: Entry) -> float:
    """The same grid of digits."""
    right = [list(row) for row in entry["metadata"]["output"]]
    return float(_grid(answer) == right)


def _filled_in(grid: Grid, puzzle: Sequence[Sequence[int]], solution: Sequence[Sequence[int]]) -> float:
    _same_shape(grid, puzzle)
    if grid == [list(row) for row in solution]:
        return 1.0
    cells = [
        (given, asked, right)
        for rows in zip(grid, puzzle, solution, strict=True)
        for given, asked, right in zip(*rows, strict=True)
    ]
    if any(asked and given != asked for given, asked, _ in cells):
        return 0.0
    blanks = [given == right for given, asked, right in cells if not asked]
    return FILLED_IN_PART * sum(blanks) / len(blanks) if blanks else 0.0


def _grid(text: str) -> Grid:
    rows = rows_of(text)
    if len(rows) > 100 or any(not re.fullmatch(r"-?\d{1,9}(?: -?\d{1,9})*", row) for row in rows):
        raise NoAnswer(text[:80])
    return [[int(cell) for cell in row.split()] for row in rows]


def _same_shape(grid: Grid, other: Sequence[Sequence[int]]) -> None:
    if [len(row) for row in grid] != [len(row) for row in other]:
        raise NoAnswer("a grid of another shape")
