"""The corrected score of an answer to a puzzle."""

from collections.abc import Callable
from typing import Final

from rewards.puzzles.datasets import CORRECTION_OF
from rewards.puzzles.response import readings, rows_of
from rewards.puzzles.scorer import Entry, NoAnswer

Published = Callable[[str, str, Entry], float]
"""The published score of (dataset, answer, entry)."""

SCORE_OF_ANYTHING: Final = 0.05

GENERAL: Final = (
    "The entry's own answer earns 1, blanks and empty lines aside.",
    "A text that contains the right answer earns nothing for it (published: its share of the text).",
    "A score of 0.05 or less is 0: published scorers give that to anything.",
    "Emphasis, quotes, code fences, mathematics marks and a full stop around an answer cost nothing.",
    "An empty answer is no answer, unless the entry's own is empty and the tags say so.",
    "Over 100,000 characters are no answer.",
    "An answer on which a published scorer raises earns 0; where one of ours does, it is `infra_error`.",
)
"""Hold for every dataset."""


def corrected_score(dataset: str, answer: str, entry: Entry, published: Published) -> float:
    """The score in [0, 1] of a stripped answer: the best of what it reads as without its dress."""
    right = entry["answer"]
    best = 0.0
    for reading in readings(answer):
        if isinstance(right, str) and rows_of(reading) == rows_of(right):
            return 1.0
        best = max(best, score_of_reading(dataset, reading, entry, published))
        if best == 1.0:
            break
    return best


def score_of_reading(dataset: str, answer: str, entry: Entry, published: Published) -> float:
    """The score of an answer as it stands, without the shortcut for the entry's own."""
    own = CORRECTION_OF[dataset].scorer
    try:
        value = own(answer, entry) if own is not None else published(dataset, answer, entry)
    except NoAnswer:
        return 0.0
    return value if value > SCORE_OF_ANYTHING else 0.0
