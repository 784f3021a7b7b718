"""IFBench's counts and shares (arXiv 2507.02833): `count:*` and `ratio:*`.

As published, except that

- a conjunction counts once however it is written; published, "and" and "And" are two;
- a ratio of kinds of sentences needs sentences of these kinds; published, 0 to 0 is 2 to 1 and balanced;
- three sentences that use "all different words" may repeat none; published, only their lengths count.
"""

import re
from collections.abc import Callable
from typing import Final

from rewards.instructions.arguments import Count, Percentage, Place
from rewards.instructions.text import sentences, tokens, trimmed, without_punctuation, word_runs

_CONJUNCTIONS: Final = frozenset(word_runs("and but for nor or so yet"))
_NAMES: Final = frozenset(
    word_runs(
        """
    Emma Liam Sophia Jackson Olivia Noah Ava Lucas Isabella Mason Mia Ethan Charlotte Alexander Amelia
    Benjamin Harper Leo Zoe Daniel Chloe Samuel Lily Matthew Grace Owen Abigail Gabriel Ella Jacob Scarlett
    Nathan Victoria Elijah Layla Nicholas Audrey David Hannah Christopher Penelope Thomas Nora Andrew Aria
    Joseph Claire Ryan Stella Jonathan
    """
    )
)
"""The names that the instruction's own text lists."""
_PRONOUNS: Final = frozenset(
    word_runs(
        """
    i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself
    she her hers herself it its itself they them their theirs themselves
    this that these those who whom whose which what whoever whomever whatever whichever
    anybody anyone anything everybody everyone everything nobody nothing somebody someone something
    each either neither both all some any none
    """
    )
)
_STOP_WORDS: Final = frozenset(
    word_runs(
        """
    i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers
    herself it its itself they them their theirs themselves what which who whom this that these those
    am is are was were be been being have has had having do does did doing
    a an the and but if or because as until while of at by for with about against between into through during
    before after above below to from up down in out on off over under
    again further then once here there when where why how all any both each few more most other some such
    no nor not only own same so than too very can will just should now
    s t d ll m o re ve y don ain aren couldn didn doesn hadn hasn haven isn ma mightn mustn needn shan shouldn
    wasn weren won wouldn
    """
    )
)
"""NLTK's English list as far as a run of letters can match it; contractions lose their apostrophes first."""
_JAPANESE: Final = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_MARKS: Final = frozenset(".,!?;:")


def _word_count_range(text: str, *, min_words: Count, max_words: Count) -> bool:
    return min_words <= len(word_runs(text)) <= max_words


def _unique_words(text: str, *, N: Count) -> bool:
    return len({trimmed(word) for word in text.lower().split()} - {""}) >= N


def _stop_words(text: str, *, percentage: Percentage) -> bool:
    words = word_runs(text.lower())
    return bool(words) and 100 * sum(word in _STOP_WORDS for word in words) / len(words) <= percentage


def _endings(text: str) -> dict[str, int]:
    return {mark: sum(sentence.endswith(mark) for sentence in sentences(text)) for mark in ".?!"}


def _sentence_types(text: str) -> bool:
    count = _endings(text)
    return count["."] == 2 * count["?"] > 0


def _sentence_balance(text: str) -> bool:
    count = _endings(text)
    return count["."] == count["?"] == count["!"] > 0


def _equal_sentences(text: str) -> bool:
    words = without_punctuation(text).lower().split()
    lengths = [len(sentence) for sentence in sentences(text)]
    return len(lengths) == 3 and len(set(lengths)) == 1 and len(words) == len(set(words))


def _trigram_overlap(text: str, *, reference_text: str, percentage: Percentage) -> bool:
    found, wanted = (
        set(zip(source, source[1:], source[2:], strict=False)) for source in (text, reference_text)
    )
    return bool(found) and abs(100 * len(found & wanted) / len(found) - percentage) <= 2


def _conjunctions(text: str, *, small_n: Count) -> bool:
    return len(_CONJUNCTIONS & {trimmed(word).lower() for word in text.split()}) >= small_n


def _person_names(text: str, *, N: Count) -> bool:
    return len(_NAMES & set(word_runs(text))) >= N


def _numbers(text: str, *, N: Count) -> bool:
    return len(re.findall(r"\d+", without_punctuation(text))) == N


def _pronouns(text: str, *, N: Count) -> bool:
    return sum(token in _PRONOUNS for token in tokens(text.replace("/", " ").lower())) >= N


def _punctuation(text: str) -> bool:
    if "\u203d" in text:
        return set(text) >= _MARKS
    for interrobang in ("?!", "!?"):
        if interrobang in text:
            return set(text.replace(interrobang, "", 1)) >= _MARKS
    return False


def _japanese_words(text: str, *, N: Place) -> bool:
    words = [trimmed(word) for word in text.split()][N - 1 :: N]
    return all(_JAPANESE.search(word) for word in words if word and not word.isdigit())


def _keywords_multiple(
    text: str, *, keyword1: str, keyword2: str, keyword3: str, keyword4: str, keyword5: str
) -> bool:
    wanted = ((keyword1, 1), (keyword2, 2), (keyword3, 3), (keyword4, 5), (keyword5, 7))
    return all(text.lower().count(word.strip().lower()) == times for word, times in wanted)


CHECKERS: Final[dict[str, Callable[..., bool]]] = {
    "count:conjunctions": _conjunctions,
    "count:keywords_multiple": _keywords_multiple,
    "count:numbers": _numbers,
    "count:person_names": _person_names,
    "count:pronouns": _pronouns,
    "count:punctuation": _punctuation,
    "count:unique_word_count": _unique_words,
    "count:word_count_range": _word_count_range,
    "count:words_japanese": _japanese_words,
    "ratio:overlap": _trigram_overlap,
    "ratio:sentence_balance": _sentence_balance,
    "ratio:sentence_type": _sentence_types,
    "ratio:sentence_words": _equal_sentences,
    "ratio:stop_words": _stop_words,
}
