"""How a response is cut into sentences, tokens and words, and what language it is in.

Sentences are Punkt's and tokens NLTK's, as in the published checkers, from packages that carry their
models: nothing is downloaded, nothing depends on chance.

Not covered: languages that write without blanks; their sentences end where Punkt's English ones do.
"""

import re
import string
from functools import lru_cache
from typing import Final

from langdetect import DetectorFactory, LangDetectException, detect
from nltk.tokenize import NLTKWordTokenizer
from punkt import tokenizer_for
from textblob.en import tag

DetectorFactory.seed = 0

_PUNCTUATION: Final = str.maketrans("", "", string.punctuation)
_TREEBANK: Final = NLTKWordTokenizer()
_TAGGED_CHARS: Final = 400
"""A tagger looks at no more than the words around."""


@lru_cache(maxsize=16)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, blanks around them stripped."""
    return tuple(tokenizer_for("english").tokenize(text))


@lru_cache(maxsize=16)
def tokens(text: str) -> tuple[str, ...]:
    """Words, contracted parts of words and punctuation marks, as the Penn Treebank has them."""
    return tuple(token for sentence in sentences(text) for token in _TREEBANK.tokenize(sentence))


def spoken(text: str) -> list[str]:
    """The tokens that hold a letter or a digit."""
    return [token for token in tokens(text) if any(map(str.isalnum, token))]


def word_runs(text: str) -> list[str]:
    """Runs of letters, digits and underscores: what IFEval counts as words."""
    return re.findall(r"\w+", text)


def without_punctuation(text: str) -> str:
    """The text without ASCII's punctuation marks, those within words too."""
    return text.translate(_PUNCTUATION)


def trimmed(text: str) -> str:
    """The text without punctuation marks and blanks around it."""
    return text.strip(string.punctuation + " ")


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the text's language, None where it cannot be told.

    Capitals are read as small letters: the detector's profiles know no words all in capitals.
    """
    try:
        return str(detect(text.lower() if text.isupper() else text))
    except LangDetectException:
        return None


def starts_with_verb(text: str) -> bool:
    """Whether a verb may be what comes first.

    Taken from TextBlob's lexicon and rules, with the first word as it stands and in small letters, since
    a tagger takes many a capital for that of a name.
    """
    start = text[:_TAGGED_CHARS].lstrip(string.punctuation + string.whitespace)
    readings = (tag(reading) for reading in (start, start[:1].lower() + start[1:]))
    return any(tagged and tagged[0][1].startswith("VB") for tagged in readings)
