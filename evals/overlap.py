"""Whether a training question repeats a benchmark's: n-grams of words that both have.

A question overlaps where it shares 13 words in a row with a benchmark's problem (GPT-3's rule: Brown
et al. 2020, arXiv:2005.14165, appendix C), or is the same as a shorter one of at least 5. Words are
compared without case, punctuation and forms of letters. What over a tenth of a benchmark's problems
share, and three at least, is its template and counts for nothing.

Not covered: paraphrases and translations.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

SIZE: Final = 13
SHORTEST: Final = 5
"""Words of the shortest problem that is looked for at all; fewer are common phrases."""
_WORD: Final = re.compile(r"[^\W_]+")
_TEMPLATE_SHARE: Final = 0.1
_TEMPLATE_LEAST: Final = 3

_Gram = tuple[str, ...]


class Overlap:
    """The n-grams of all benchmarks that training must not repeat."""

    def __init__(self) -> None:
        """Begin with no benchmark."""
        self._owners: dict[int, str] = {}
        """By the hash of an n-gram, or of all words of a short problem."""
        self.names: list[str] = []

    def add(self, name: str, questions: Iterable[str]) -> None:
        """Look for the problems of the benchmark `name` from now on."""
        counted: Counter[int] = Counter()
        total = 0
        for question in questions:
            total += 1
            counted.update({hash(gram) for gram in _grams(_words(question))})
        most = max(_TEMPLATE_LEAST - 1, total * _TEMPLATE_SHARE)
        for gram, seen in counted.items():
            if seen <= most:
                self._owners.setdefault(gram, name)
        self.names.append(name)

    def find(self, question: str) -> str:
        """The benchmark that the question repeats, with the words; empty where it repeats none."""
        for gram in _grams(_words(question)):
            owner = self._owners.get(hash(gram))
            if owner is not None:
                return f"{owner}: {' '.join(gram)}"
        return ""


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _grams(words: list[str]) -> Iterator[_Gram]:
    if SHORTEST <= len(words) < SIZE:
        yield tuple(words)
    for at in range(len(words) - SIZE + 1):
        yield tuple(words[at : at + SIZE])
