"""Answers that are words or letters."""

import re
from collections.abc import Sequence
from typing import Final

from rewards.puzzles.response import rows_of
from rewards.puzzles.scorer import Entry

LETTERS_OF_FIGLET: Final = 0.1
MAX_PEOPLE_CHARS: Final = 2_000
_PEOPLE: Final = re.compile(
    r"(?P<name>[^\W\d_][\w'-]*)\s+is\s+(?:an?\s+|the\s+)?(?P<role>[a-z]+)\s*(?:[.,;]|\band\b|\n|\Z)\s*"
)


def same_text(answer: str, entry: Entry) -> float:
    """The same lines, but for blanks."""
    return float(rows_of(answer) == rows_of(entry["answer"]))


def same_word(answer: str, entry: Entry) -> float:
    """The same words, in upper or lower case."""
    return float(_folded(answer) == _folded(entry["answer"]))


def same_without_blanks(answer: str, entry: Entry) -> float:
    """The same characters in either case, blanks left out."""
    return float(_squeezed(answer) == _squeezed(entry["answer"]))


def halting(answer: str, entry: Entry) -> float:
    """True or false, and the right one of the two."""
    return float(_folded(answer) == str(entry["answer"]).casefold())


def share_in_place(given: Sequence[str], right: Sequence[str]) -> float:
    """How many items stand where they belong, if there are as many; 0 else."""
    if len(given) != len(right):
        return 0.0
    return sum(one == other for one, other in zip(given, right, strict=True)) / len(right) if right else 0.0


def letters_in_place(answer: str, entry: Entry) -> float:
    """Spelling backward: letters where they belong, if there are as many."""
    return share_in_place(answer.casefold(), entry["answer"].casefold())


def characters_in_place(answer: str, entry: Entry) -> float:
    """A hidden sentence: characters where they belong, if it has the right length."""
    return share_in_place(answer, entry["answer"].strip())


def unscrambled(answer: str, entry: Entry) -> float:
    """The words that were scrambled and are put right, if the others stand and there are as many."""
    metadata = entry["metadata"]
    right, asked = (
        [str(word).casefold() for word in metadata[key]] for key in ("original_words", "scrambled_words")
    )
    given = answer.casefold().split()
    if len(given) != len(right) or any(
        word != stood for word, stood, before in zip(given, right, asked, strict=True) if stood == before
    ):
        return 0.0
    put_right = [word == new for word, new, before in zip(given, right, asked, strict=True) if new != before]
    return sum(put_right) / len(put_right) if put_right else 1.0


def words_in_place(answer: str, entry: Entry) -> float:
    """A sentence in order: words where they belong, if there are as many."""
    return share_in_place(answer.casefold().split(), entry["answer"].casefold().split())


def listed_in_place(answer: str, entry: Entry) -> float:
    """A list of words in order: those where they belong, if there are as many."""
    right = [str(word) for word in entry["metadata"]["sorted_words"]]
    return share_in_place([word.strip() for word in answer.split(",")], right)


def figlet(answer: str, entry: Entry) -> float:
    """A word in large letters: a tenth for each letter in place, and 0.9 at most but for the word."""
    given, right = _squeezed(answer), _squeezed(entry["answer"])
    if given == right:
        return 1.0
    if len(given) != len(right):
        return 0.0
    return min(0.9, LETTERS_OF_FIGLET * sum(map(str.__eq__, given, right)))


def people(answer: str, entry: Entry) -> float:
    """Who is what: 0.3 for a role for each person, the rest for each that is right."""
    right, given = _roles(entry["answer"]), _roles(answer)
    if given is None or right is None or given.keys() != right.keys():
        return 0.0
    matching = sum(given[name] == role for name, role in right.items())
    if matching == len(right):
        return 1.0
    return 0.3 + 0.7 * matching / len(right) if matching else 0.0


def _roles(text: str) -> dict[str, str] | None:
    """Role by name; None where the text says anything else, or two things of one person."""
    if len(text) > MAX_PEOPLE_CHARS:
        return None
    text = text.casefold().strip().removeprefix("(").removesuffix(")")
    roles: dict[str, str] = {}
    at = 0
    for match in _PEOPLE.finditer(text):
        if text[at : match.start()].strip() not in {"", "and"} or match["name"] in roles:
            return None
        roles[match["name"]] = match["role"]
        at = match.end()
    return roles if roles and not text[at:].strip() else None


def _folded(text: str) -> str:
    return " ".join(text.casefold().strip(" .!\"'").split())


def _squeezed(text: str) -> str:
    return "".join(text.casefold().split()).rstrip(".")
