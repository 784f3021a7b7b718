"""IFBench's rules for words and sentences (arXiv 2507.02833): `words:*` and `sentence:*`.

As published, except that whether a response starts with a verb is told by TextBlob's lexicon; published, by
a downloaded tagger that takes most capitalised imperatives ("Run", "Start") for names.
"""

import re
import string
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Final

import syllapy

from rewards.instructions.arguments import Count, Place
from rewards.instructions.text import (
    sentences,
    spoken,
    starts_with_verb,
    tokens,
    trimmed,
    without_punctuation,
)

_PRIMES: Final = frozenset(
    number for number in range(2, 100) if all(number % divisor for divisor in range(2, number))
)
_CLUSTER: Final = re.compile(r"[bcdfghjklmnpqrstvwxyz]{2}")


def _bare_words(text: str) -> list[str]:
    return without_punctuation(text).lower().split()


def _alphabet(text: str) -> bool:
    initials = [word[0] for word in _bare_words(text)]
    letters = string.ascii_lowercase
    return (
        bool(initials)
        and set(initials) <= set(letters)
        and all(
            (letters.index(second) - letters.index(first)) % 26 == 1 for first, second in pairwise(initials)
        )
    )


def _vowels(text: str) -> bool:
    return "\n" not in text.strip() and len(set(text.lower()) & set("aeiou")) <= 3


def _consonants(text: str) -> bool:
    return all(_CLUSTER.search(word) for word in text.lower().split())


def _palindromes(text: str) -> bool:
    return sum(len(word) >= 5 and word == word[::-1] for word in _bare_words(text)) >= 10


def _prime_lengths(text: str) -> bool:
    return all(len(word) in _PRIMES for word in _bare_words(text))


def _repeats(text: str, *, small_n: Count) -> bool:
    return max(Counter(_bare_words(text)).values(), default=0) <= small_n


def _syllables(text: str) -> bool:
    parities = [syllapy.count(word) % 2 for word in _bare_words(text)]
    return all(first != second for first, second in pairwise(parities))


def _last_first(text: str) -> bool:
    words = [trimmed(sentence).lower().split() for sentence in sentences(text)]
    return all(first and second and first[-1] == second[0] for first, second in pairwise(words))


def _paragraph_last_first(text: str) -> bool:
    words = [trimmed(paragraph).lower().split() for paragraph in text.split("\n")]
    return all(paragraph[0] == paragraph[-1] for paragraph in words if paragraph)


def _no_consecutive(text: str) -> bool:
    return all(first[0] != second[0] for first, second in pairwise(_bare_words(text)))


def keyword_at_place(text: str, *, keyword: str, n: Place, m: Place) -> bool:
    """Whether the keyword is the m-th word of the n-th sentence."""
    words = [word.lower() for sentence in sentences(text)[n - 1 : n] for word in spoken(sentence)]
    return words[m - 1 : m] == [keyword.strip().lower()]


def _keyword_second_and_second_last(text: str, *, keyword: str) -> bool:
    words = [token.lower() for token in tokens(text)]
    if words and words[-1] in string.punctuation:
        words.pop()
    return len(words) > 1 and words[1] == words[-2] == keyword.strip().lower()


def _alliteration(text: str) -> bool:
    lengths = [_alliterative_words(sentence) for sentence in sentences(text)]
    return all(first < second for first, second in pairwise(lengths))


def _alliterative_words(sentence: str) -> int:
    """How many words share their first letter with the word beside them, counted run by run."""
    words = [word.lstrip(string.punctuation) for word in sentence.lower().split()]
    initials = [word[0] for word in words if word]
    alike = [first == second for first, second in pairwise(initials)]
    return sum(same + (same and not before) for before, same in zip([False, *alike], alike, strict=False))


def _increment(text: str, *, small_n: Count) -> bool:
    lengths = [len(_bare_words(sentence)) for sentence in sentences(text)]
    return bool(lengths) and all(second == first + small_n for first, second in pairwise(lengths))


def _keyword_in_sentence(text: str, *, word: str, N: Place) -> bool:
    wanted = re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)
    return any(wanted.search(sentence) for sentence in sentences(text)[N - 1 : N])


CHECKERS: Final[dict[str, Callable[..., bool]]] = {
    "sentence:alliteration_increment": _alliteration,
    "sentence:increment": _increment,
    "sentence:keyword": _keyword_in_sentence,
    "words:alphabet": _alphabet,
    "words:consonants": _consonants,
    "words:keywords_specific_position": keyword_at_place,
    "words:last_first": _last_first,
    "words:no_consecutive": _no_consecutive,
    "words:odd_even_syllables": _syllables,
    "words:palindrome": _palindromes,
    "words:paragraph_last_first": _paragraph_last_first,
    "words:prime_lengths": _prime_lengths,
    "words:repeats": _repeats,
    "words:start_verb": starts_with_verb,
    "words:vowel": _vowels,
    "words:words_position": _keyword_second_and_second_last,
}
