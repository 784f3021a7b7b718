"""IFEval's 25 instructions (arXiv 2311.07911), each as a function of the response and its arguments.

The rules are those of the published checkers, except where those depend on chance or on downloads:

- an argument that is missing is the reference's fault; published, it is drawn at random;
- keywords are taken literally; published, they are regular expressions;
- a language that cannot be told is not the one asked for; published, it passes. Detection is seeded;
- sentences and words are split here; published, by NLTK's downloaded models.

Not covered: IFBench's instructions.
"""

import json
import re
from collections.abc import Callable, Sequence
from typing import Final

from langdetect import (  # type: ignore[import-untyped]  # it ships no types
    DetectorFactory,
    LangDetectException,
    detect,
)

DetectorFactory.seed = 0

_ABBREVIATION: Final = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|etc|e\.g|i\.e|[A-Z])\.$")
_SENTENCE_END: Final = re.compile(r"[.!?]+[\"')\]\u201d\u2019]*(?=\s|$)")
_TOKEN: Final = re.compile(r"[^\W_](?:[\w.'&-]*[^\W_])?")
_CONSTRAINED: Final = ("My answer is yes.", "My answer is no.", "My answer is maybe.")


def sentences(text: str) -> list[str]:
    """The sentences of a text; an abbreviation or an initial ends none."""
    found, start = [], 0
    for end in _SENTENCE_END.finditer(text):
        if _ABBREVIATION.search(text, max(start, end.end() - 12), end.end()):
            continue
        found.append(text[start : end.end()].strip())
        start = end.end()
    rest = text[start:].strip()
    return [*found, rest] if rest else found


def _holds(count: int, relation: str, bound: int) -> bool:
    if relation == "at least":
        return count >= bound
    if relation == "less than":
        return count < bound
    raise ValueError(f"no relation {relation!r}: have 'at least', 'less than'")


def _language_of(text: str) -> str | None:
    try:
        return str(detect(text))
    except LangDetectException:
        return None


def _count_word(text: str, word: str) -> int:
    return len(re.findall(re.escape(word), text, re.IGNORECASE))


def _keywords_exist(text: str, *, keywords: Sequence[str]) -> bool:
    return all(_count_word(text, keyword) for keyword in keywords)


def _keyword_frequency(text: str, *, keyword: str, frequency: int, relation: str) -> bool:
    return _holds(_count_word(text, keyword.strip()), relation, frequency)


def _no_forbidden_words(text: str, *, forbidden_words: Sequence[str]) -> bool:
    return not any(re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE) for word in forbidden_words)


def _letter_frequency(text: str, *, letter: str, let_frequency: int, let_relation: str) -> bool:
    return _holds(text.lower().count(letter.lower()), let_relation, let_frequency)


def _response_language(text: str, *, language: str) -> bool:
    return _language_of(text) == language


def _number_of_sentences(text: str, *, num_sentences: int, relation: str) -> bool:
    return _holds(len(sentences(text)), relation, num_sentences)


def _number_of_words(text: str, *, num_words: int, relation: str) -> bool:
    return _holds(len(re.findall(r"\w+", text)), relation, num_words)


def _number_of_paragraphs(text: str, *, num_paragraphs: int) -> bool:
    parts = [part.strip() for part in re.split(r"\s?\*\*\*\s?", text)]
    inner = parts[1:-1]
    return all(inner) and sum(map(bool, parts)) == num_paragraphs


def _nth_paragraph_first_word(text: str, *, num_paragraphs: int, nth_paragraph: int, first_word: str) -> bool:
    parts = text.split("\n\n")
    filled = [part for part in parts if part.strip()]
    if len(filled) != num_paragraphs or not 1 <= nth_paragraph <= num_paragraphs:
        return False
    words = parts[nth_paragraph - 1].split()
    if not words:
        return False
    word = re.split(r"[.,?!'\"]", words[0].lstrip("'").lstrip('"'), maxsplit=1)[0]
    return word.lower() == first_word.lower()


def _placeholders(text: str, *, num_placeholders: int) -> bool:
    return len(re.findall(r"\[.*?\]", text)) >= num_placeholders


def _postscript(text: str, *, postscript_marker: str) -> bool:
    spaced = {"P.P.S": r"p\.\s?p\.\s?s", "P.S.": r"p\.\s?s\."}
    pattern = spaced.get(postscript_marker, re.escape(postscript_marker.lower()))
    return re.search(pattern, text.lower()) is not None


def _bullet_lists(text: str, *, num_bullets: int) -> bool:
    bullets = re.findall(r"^[^\S\n]*(?:\*[^*\n]|-)", text, re.MULTILINE)
    return len(bullets) == num_bullets


def _constrained_response(text: str) -> bool:
    return any(option in text for option in _CONSTRAINED)


def _highlighted_sections(text: str, *, num_highlights: int) -> bool:
    single = [mark for mark in re.findall(r"\*[^\n*]*\*", text) if mark.strip("*").strip()]
    double = [mark for mark in re.findall(r"\*\*([^\n*]*)\*\*", text) if mark.strip()]
    return len(single) + len(double) >= num_highlights


def _multiple_sections(text: str, *, section_spliter: str, num_sections: int) -> bool:
    return len(re.findall(rf"{re.escape(section_spliter)}\s?\d+", text)) >= num_sections


def _json_format(text: str) -> bool:
    fenced = re.fullmatch(r"(?:```(?:json)?)?(.*?)(?:```)?", text.strip(), re.DOTALL | re.IGNORECASE)
    try:
        json.loads(fenced[1] if fenced else text)
    except (ValueError, RecursionError):
        return False
    return True


def _title(text: str) -> bool:
    return any(title.strip("<> \t") for title in re.findall(r"<<[^\n]+>>", text))


def _two_responses(text: str) -> bool:
    parts = [part.strip() for part in text.split("******")]
    filled = [part for part in parts if part]
    return all(parts[1:-1]) and len(filled) == 2 and filled[0] != filled[1]


def _repeat_prompt(text: str, *, prompt_to_repeat: str) -> bool:
    return text.strip().lower().startswith(prompt_to_repeat.strip().lower())


def _end_checker(text: str, *, end_phrase: str) -> bool:
    return text.strip().strip('"').lower().endswith(end_phrase.strip().lower())


def _capital_words(text: str, *, capital_frequency: int, capital_relation: str) -> bool:
    capital = [word for word in _TOKEN.findall(text) if word.isupper()]
    return _holds(len(capital), capital_relation, capital_frequency)


def _english_capital(text: str) -> bool:
    return text.isupper() and _language_of(text) == "en"


def _english_lowercase(text: str) -> bool:
    return text.islower() and _language_of(text) == "en"


def _no_comma(text: str) -> bool:
    return "," not in text


def _quotation(text: str) -> bool:
    stripped = text.strip()
    return len(stripped) > 1 and stripped[0] == stripped[-1] == '"'


CHECKERS: Final[dict[str, Callable[..., bool]]] = {
    "change_case:capital_word_frequency": _capital_words,
    "change_case:english_capital": _english_capital,
    "change_case:english_lowercase": _english_lowercase,
    "combination:repeat_prompt": _repeat_prompt,
    "combination:two_responses": _two_responses,
    "detectable_content:number_placeholders": _placeholders,
    "detectable_content:postscript": _postscript,
    "detectable_format:constrained_response": _constrained_response,
    "detectable_format:json_format": _json_format,
    "detectable_format:multiple_sections": _multiple_sections,
    "detectable_format:number_bullet_lists": _bullet_lists,
    "detectable_format:number_highlighted_sections": _highlighted_sections,
    "detectable_format:title": _title,
    "keywords:existence": _keywords_exist,
    "keywords:forbidden_words": _no_forbidden_words,
    "keywords:frequency": _keyword_frequency,
    "keywords:letter_frequency": _letter_frequency,
    "language:response_language": _response_language,
    "length_constraints:nth_paragraph_first_word": _nth_paragraph_first_word,
    "length_constraints:number_paragraphs": _number_of_paragraphs,
    "length_constraints:number_sentences": _number_of_sentences,
    "length_constraints:number_words": _number_of_words,
    "punctuation:no_comma": _no_comma,
    "startend:end_checker": _end_checker,
    "startend:quotation": _quotation,
}
"""Instruction id to its check; the names of the keyword arguments are IFEval's."""
