"""Answers that are statements of propositional logic: parsed within bounds, checked by truth table."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rewards.puzzles.scorer import Entry, NoAnswer, known

MAX_DEPTH: Final = 40
MAX_STATEMENT_CHARS: Final = 1_000
LITTLE: Final = 0.25
"""For a conclusion of one letter, as published, or one that says less than the entry's example."""

_TOKEN: Final = re.compile(r"\s*(?:(?P<letter>[A-Z])|(?P<sign>[∧∨→↔¬()]))\s*")
_BINARY: Final = ("↔", "→", "∨", "∧")
"""Loosest first. Equal signs group from the left, as published."""

Statement = tuple[str, tuple["Statement", ...]]
"""A letter or a sign, and its parts."""


def conclusion(answer: str, entry: Entry) -> float:
    """1 for what follows from the premises, is not always true and says as much as the example does.

    From premises that are always true nothing else follows, and then that is right.
    """
    metadata = entry["metadata"]
    premises = [known(statement, text) for text in metadata["premises"]]
    example = known(statement, metadata["example_answer"])
    letters = sorted({*metadata["variables"], *(letter for one in premises for letter in letters_of(one))})
    given = statement(answer)
    if not letters_of(given) <= set(metadata["variables"]) or not follows(given, premises, letters):
        return 0.0
    excluded = worlds_against(given, letters)
    if not excluded:
        return float(not any(worlds_against(premise, letters) for premise in premises))
    weaker = follows(example, premises, letters) and excluded < worlds_against(example, letters)
    return LITTLE if weaker or not given[1] else 1.0


def statement(text: str) -> Statement:
    """Read one statement.

    Raises:
        NoAnswer: it is none, too long or too deep.
    """
    if len(text) > MAX_STATEMENT_CHARS:
        raise NoAnswer(text[:80])
    tokens, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise NoAnswer(text[:80])
        tokens.append(match["letter"] or match["sign"])
        at = match.end()
    return _Reader(tokens).whole()


def follows(given: Statement, premises: Sequence[Statement], letters: Sequence[str]) -> bool:
    """Whether `given` holds wherever all premises do."""
    return all(
        holds(given, world)
        for world in _worlds(letters)
        if all(holds(premise, world) for premise in premises)
    )


def worlds_against(one: Statement, letters: Sequence[str]) -> int:
    """In how many ways to set the letters a statement is false: how much it says."""
    return sum(not holds(one, world) for world in _worlds(letters))


def _worlds(letters: Sequence[str]) -> Iterator[dict[str, bool]]:
    for values in itertools.product((False, True), repeat=len(letters)):
        yield dict(zip(letters, values, strict=True))


def holds(one: Statement, world: Mapping[str, bool]) -> bool:
    """Whether a statement is true where its letters have these values."""
    sign, parts = one
    if not parts:
        return world[sign]
    if sign == "¬":
        return not holds(parts[0], world)
    left, right = (holds(part, world) for part in parts)
    return {"∧": left and right, "∨": left or right, "→": not left or right, "↔": left == right}[sign]


def letters_of(one: Statement) -> set[str]:
    """The letters in a statement."""
    sign, parts = one
    return {letter for part in parts for letter in letters_of(part)} if parts else {sign}


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def whole(self) -> Statement:
        read = self._joined(0)
        if self._at != len(self._tokens):
            raise NoAnswer("something is left over")
        return read

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _joined(self, level: int) -> Statement:
        if level == len(_BINARY):
            return self._single()
        left = self._joined(level + 1)
        while self._next() == _BINARY[level]:
            self._at += 1
            left = (_BINARY[level], (left, self._joined(level + 1)))
        return left

    def _single(self) -> Statement:
        piece = self._next()
        self._at += 1
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise NoAnswer("too deep")
        if piece == "¬":
            read: Statement = ("¬", (self._single(),))
        elif piece == "(":
            read = self._joined(0)
            if self._next() != ")":
                raise NoAnswer("a bracket is not closed")
            self._at += 1
        elif piece.isalpha():
            read = (piece, ())
        else:
            raise NoAnswer("a letter is missing")
        self._depth -= 1
        return read
