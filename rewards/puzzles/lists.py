"""Answers that are lists, read as JSON and never evaluated."""

import json
from fractions import Fraction
from typing import Any, Final, NoReturn

from rewards.puzzles.figures import number_of
from rewards.puzzles.response import rows_of
from rewards.puzzles.scorer import Entry, NoAnswer, known

LISTED: Final = 0.1
"""For the right matrix, sequence or string written as a list of its parts."""
BOARD_LISTED: Final = 0.5


def list_of(text: str) -> list[Any]:
    """A list written as JSON, or with single quotes as Python prints it.

    Raises:
        NoAnswer: it is none, or nested too deep.
    """
    if '"' not in text:
        text = text.replace("'", '"')
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise NoAnswer(text[:80]) from error
    if not isinstance(value, list):
        raise NoAnswer(text[:80])
    return value


def strings_of(text: str) -> list[str]:
    """A list of texts; raises `NoAnswer` for all else."""
    return [_string(item) for item in list_of(text)]


def json_fields(answer: str, entry: Entry) -> float:
    """The same JSON value; of two objects the share of fields that are in both, of those in either."""
    try:
        right, given = (json.loads(text, parse_constant=_refuse) for text in (entry["answer"], answer))
    except (ValueError, RecursionError) as error:
        raise NoAnswer(answer[:80]) from error
    if not isinstance(right, dict) or not isinstance(given, dict) or not right:
        return float(bool(_exact(given) == _exact(right)))
    both = sum(key in given and _exact(given[key]) == _exact(value) for key, value in right.items())
    return float(both / len({**right, **given}))


def same_list(answer: str, entry: Entry) -> float:
    """The same list, however its blanks and quotes are set."""
    right = known(list_of, entry["answer"])
    return float(_exact(list_of(answer)) == _exact(right))


def sorted_numbers(answer: str, entry: Entry) -> float:
    """The given numbers in order, as texts or numbers."""
    right = _numbers(known(list_of, entry["answer"]))
    return float(_numbers(list_of(answer)) == right)


def anagram_groups(answer: str, entry: Entry) -> float:
    """The same groups, in any order."""
    right = _groups(entry["metadata"]["solution"])
    return float(_groups(list_of(answer)) == right)


def palindrome_partitions(answer: str, entry: Entry) -> float:
    """All partitions, in any order."""
    right = {tuple(part) for part in entry["metadata"]["solution"]}
    given = [tuple(_string(item) for item in _list(part)) for part in list_of(answer)]
    return float(len(given) == len(right) and set(given) == right)


def matrix(answer: str, entry: Entry) -> float:
    """Rows of numbers; a tenth for a list of lists."""
    return _as_text_or_list(answer, entry["answer"], LISTED)


def sequence(answer: str, entry: Entry) -> float:
    """Numbers with blanks between; a tenth for a list."""
    if not answer.startswith("["):
        return float(answer.split() == entry["answer"].split())
    given = " ".join(str(item) for item in list_of(answer))
    return LISTED if given == " ".join(entry["answer"].split()) else 0.0


def letters(answer: str, entry: Entry) -> float:
    """A string; a tenth for the list of its letters."""
    if not answer.startswith("["):
        return float(answer == entry["answer"].strip())
    return LISTED if "".join(strings_of(answer)) == entry["answer"].strip() else 0.0


def queens(answer: str, entry: Entry) -> float:
    """Any board that completes the given one; half for a list of lists."""
    boards: list[str] = entry["metadata"]["valid_answers"]
    return max((_as_text_or_list(answer, board, BOARD_LISTED) for board in boards), default=0.0)


def living_cells(answer: str, entry: Entry) -> float:
    """Cells alive in both boards, of those alive in either; 1 for the board alone."""
    right = known(list_of, entry["answer"])
    given = list_of(answer)
    alive, wanted = _alive(given, right), _alive(right, right)
    if alive == wanted:
        return 1.0
    return len(alive & wanted) / len(alive | wanted)


def _alive(board: list[Any], shape: list[Any]) -> set[tuple[int, int]]:
    rows = [_list(row) for row in board]
    if [len(row) for row in rows] != [len(row) for row in shape]:
        raise NoAnswer("a board of another size")
    cells = {(y, x): cell for y, row in enumerate(rows) for x, cell in enumerate(row)}
    if any(type(cell) is not int or cell not in {0, 1} for cell in cells.values()):
        raise NoAnswer("a cell is 0 or 1")
    return {place for place, cell in cells.items() if cell}


def _as_text_or_list(answer: str, right: str, listed: float) -> float:
    if not answer.startswith("[["):
        return float(rows_of(answer) == rows_of(right))
    rows = tuple(" ".join(str(item) for item in _list(row)) for row in list_of(answer))
    return listed * (rows == rows_of(right))


def _groups(value: Any) -> list[list[str]]:
    return sorted(sorted(_string(word) for word in _list(group)) for group in value)


def _numbers(items: list[Any]) -> list[Fraction]:
    return [number_of(str(item)) for item in items]


def _exact(value: Any) -> Any:
    """Tells 1 from true and 1.0, as text does."""
    if isinstance(value, dict):
        return {key: _exact(item) for key, item in value.items()}
    return [_exact(item) for item in value] if isinstance(value, list) else (type(value).__name__, value)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise NoAnswer("not a list")
    return value


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise NoAnswer("not a text")
    return value


def _refuse(constant: str) -> NoReturn:
    raise NoAnswer(constant)
