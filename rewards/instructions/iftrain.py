"""IFTrain's instructions (arXiv 2507.02833), those beside IFEval's and the copying ones.

As published, except that

- a punctuation mark is no word (sentences of N words, words used once, the place of a word); published,
  each full stop is one, so that no text of two sentences has unique words;
- a word is found however it is capitalised, and whatever mark stands beside it;
- a palindrome has three letters or more; published, "a" is one.
"""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Final

from rewards.instructions.arguments import Count, Relation, holds
from rewards.instructions.ifeval import (
    count_word,
    keyword_frequency,
    letter_frequency,
    number_of_paragraphs,
)
from rewards.instructions.text import sentences, spoken, tokens, trimmed
from rewards.instructions.wording import keyword_at_place


def _same_word(word: str, wanted: str) -> bool:
    return trimmed(word).lower() == trimmed(wanted).lower()


def _sentence_hyphens(text: str) -> bool:
    return list(sentences(text.replace("-", " "))) == text.split("-")


def _square_brackets(text: str) -> bool:
    return all(word.startswith("[") and word.endswith("]") for word in text.split())


def _bigrams_wrapped(text: str) -> bool:
    words = text.split()
    return all(
        first.startswith("<<") and second.endswith(">>")
        for first, second in zip(words[::2], words[1::2], strict=False)
    )


def _no_adjacent_letters(text: str) -> bool:
    initials = [ord(word[0].lower()[0]) for word in text.split()]
    return all(second - first != 1 for first, second in pairwise(initials))


def _word_once(text: str, *, keyword: str) -> bool:
    return count_word(text, keyword.strip()) == 1


def _words_once_and_twice(text: str, *, keyword1: str, keyword2: str) -> bool:
    return count_word(text, keyword1.strip()) == 1 and count_word(text, keyword2.strip()) == 2


def _word_excluded(text: str, *, keyword: str, instruction: str = "") -> bool:
    del instruction  # rows also tell the text that the word was taken from
    return re.search(rf"(?<!\w){re.escape(keyword.strip())}(?!\w)", text, re.IGNORECASE) is None


def _palindrome(text: str) -> bool:
    words = [trimmed(word).lower() for word in text.split()]
    return any(len(word) > 2 and word == word[::-1] for word in words)


def _same_start_and_end(text: str) -> bool:
    words = tokens(text.lower())
    return len(words) > 1 and words[0] == words[-1]


def _first_word_of_sentences(text: str, *, first_word: str) -> bool:
    return all(_same_word(sentence.split()[0], first_word) for sentence in sentences(text))


def _first_word(text: str, *, first_word: str) -> bool:
    return any(_same_word(word, first_word) for word in text.split()[:1])


def _last_word_of_sentences(text: str, *, last_word: str) -> bool:
    return all(_same_word(sentence.split()[-1], last_word) for sentence in sentences(text))


def _last_word(text: str, *, last_word: str) -> bool:
    return any(_same_word(word, last_word) for word in text.split()[-1:])


def _no_dot(text: str) -> bool:
    return "." not in text


def _no_exclamation(text: str) -> bool:
    return "!" not in text


def _lowercase_words(text: str, *, N: Count) -> bool:
    return len(re.findall(r"\b[a-z]+\b", text)) <= N


def _letters(text: str, *, N: Count, relation: Relation) -> bool:
    return holds(len(re.findall("[a-zA-Z]", text)), relation, N)


def _unique_words(text: str) -> bool:
    words = [word.lower() for word in spoken(text)]
    return len(words) == len(set(words))


def _composition(text: str, *, n_sent: Count, n_words: Count) -> bool:
    paragraphs = re.split(r"\s?\*\*\*\s?", text.strip())
    return len(paragraphs) == 3 and all(
        len(sentences(paragraph)) == n_sent
        and all(len(spoken(sentence)) == n_words for sentence in sentences(paragraph))
        for paragraph in paragraphs
    )


def _two_paragraphs(text: str) -> bool:
    return number_of_paragraphs(text, num_paragraphs=Count(2))


def _two_paragraphs_by_blank_line(text: str) -> bool:
    parts = [part.strip() for part in text.split("\n\n")]
    return all(parts[1:-1]) and sum(map(bool, parts)) == 2


CHECKERS: Final[dict[str, Callable[..., bool]]] = {
    "count:count_increment_word": _words_once_and_twice,
    "count:count_unique": _unique_words,
    "count:counting_composition": _composition,
    "count:lowercase_counting": _lowercase_words,
    "detectable_format:bigram_wrapping": _bigrams_wrapped,
    "detectable_format:sentence_hyphens": _sentence_hyphens,
    "detectable_format:square_brackets": _square_brackets,
    "first_word:first_word_answer": _first_word,
    "first_word:first_word_sent": _first_word_of_sentences,
    "keywords:exclude_word_harder": _word_excluded,
    "keywords:keyword_specific_position": keyword_at_place,
    "keywords:no_adjacent_consecutive": _no_adjacent_letters,
    "keywords:palindrome": _palindrome,
    "keywords:start_end": _same_start_and_end,
    "keywords:word_count_different_numbers": keyword_frequency,
    "keywords:word_once": _word_once,
    "last_word:last_word_answer": _last_word,
    "last_word:last_word_sent": _last_word_of_sentences,
    "letters:letter_counting": _letters,
    "letters:letter_counting2": letter_frequency,
    "paragraphs:paragraphs": _two_paragraphs,
    "paragraphs:paragraphs2": _two_paragraphs_by_blank_line,
    "punctuation:punctuation_dot": _no_dot,
    "punctuation:punctuation_exclamation": _no_exclamation,
}
