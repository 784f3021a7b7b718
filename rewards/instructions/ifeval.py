"""IFEval's instructions (arXiv 2311.07911): the published 25, and four that only its code has.

The rules are those of the published checkers, except where those depend on chance:

- keywords, and the words that start or split something, are taken literally; published, they are regular
  expressions;
- a language that cannot be told is not the one asked for; published, it passes;
- a letter that is none (`#`) is counted as it stands; published, another one is drawn at random.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Final

from rewards.instructions.arguments import Count, Markdown, Place, Relation, holds
from rewards.instructions.text import language_of, sentences, tokens, word_runs

_CONSTRAINED: Final = ("My answer is yes.", "My answer is no.", "My answer is maybe.")
_CHANGEABLE: Final = re.compile(r"\*.*\*")


def count_word(text: str, word: str) -> int:
    """How often the word stands in the text, in words too, however capitalised."""
    return len(re.findall(re.escape(word), text, re.IGNORECASE))


def _keywords_exist(text: str, *, keywords: tuple[str, ...]) -> bool:
    return all(count_word(text, keyword) for keyword in keywords)


def keyword_frequency(text: str, *, keyword: str, frequency: Count, relation: Relation) -> bool:
    """Whether the keyword comes as often as asked."""
    return holds(count_word(text, keyword.strip()), relation, frequency)


def _no_forbidden_words(text: str, *, forbidden_words: tuple[str, ...]) -> bool:
    return not any(re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE) for word in forbidden_words)


def letter_frequency(text: str, *, letter: str, let_frequency: Count, let_relation: Relation) -> bool:
    """Whether the letter, large or small, comes as often as asked."""
    return holds(text.lower().count(letter.lower()), let_relation, let_frequency)


def _response_language(text: str, *, language: str) -> bool:
    return language_of(text) == language


def _number_of_sentences(text: str, *, num_sentences: Count, relation: Relation) -> bool:
    return holds(len(sentences(text)), relation, num_sentences)


def _number_of_words(text: str, *, num_words: Count, relation: Relation) -> bool:
    return holds(len(word_runs(text)), relation, num_words)


def number_of_paragraphs(text: str, *, num_paragraphs: Count) -> bool:
    """Whether there are so many paragraphs, parted by `***`, none of them empty."""
    parts = [part.strip() for part in re.split(r"\s?\*\*\*\s?", text)]
    inner = parts[1:-1]
    return all(inner) and sum(map(bool, parts)) == num_paragraphs


def _nth_paragraph_first_word(
    text: str, *, num_paragraphs: Count, nth_paragraph: Place, first_word: str
) -> bool:
    parts = text.split("\n\n")
    filled = [part for part in parts if part.strip()]
    if len(filled) != num_paragraphs or not 1 <= nth_paragraph <= num_paragraphs:
        return False
    words = parts[nth_paragraph - 1].split()
    if not words:
        return False
    word = re.split(r"[.,?!'\"]", words[0].lstrip("'").lstrip('"'), maxsplit=1)[0]
    return word.lower() == first_word.lower()


def _placeholders(text: str, *, num_placeholders: Count) -> bool:
    return len(re.findall(r"\[.*?\]", text)) >= num_placeholders


def _postscript(text: str, *, postscript_marker: str) -> bool:
    spaced = {"P.P.S": r"p\.\s?p\.\s?s", "P.S.": r"p\.\s?s\."}
    pattern = spaced.get(postscript_marker, re.escape(postscript_marker.lower()))
    return re.search(pattern, text.lower()) is not None


def _bullet_lists(text: str, *, num_bullets: Count) -> bool:
    bullets = re.findall(r"^[^\S\n]*(?:\*[^*\n]|-)", text, re.MULTILINE)
    return len(bullets) == num_bullets


def _constrained_response(text: str) -> bool:
    return any(option in text for option in _CONSTRAINED)


def _highlighted_sections(text: str, *, num_highlights: Count) -> bool:
    single = [mark for mark in re.findall(r"\*[^\n*]*\*", text) if mark.strip("*").strip()]
    double = [mark for mark in re.findall(r"\*\*([^\n*]*)\*\*", text) if mark.strip()]
    return len(single) + len(double) >= num_highlights


def _multiple_sections(text: str, *, section_spliter: str, num_sections: Count) -> bool:
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


def _capital_words(text: str, *, capital_frequency: Count, capital_relation: Relation) -> bool:
    capital = [token for token in tokens(text) if token.isupper()]
    return holds(len(capital), capital_relation, capital_frequency)


def _english_capital(text: str) -> bool:
    return text.isupper() and language_of(text) == "en"


def _english_lowercase(text: str) -> bool:
    return text.islower() and language_of(text) == "en"


def _no_comma(text: str) -> bool:
    return "," not in text


def _quotation(text: str) -> bool:
    stripped = text.strip()
    return len(stripped) > 1 and stripped[0] == stripped[-1] == '"'


def _constrained_start(text: str, *, starter: str) -> bool:
    return re.search(rf"^\s*{re.escape(starter)}", text, re.MULTILINE) is not None


def _rephrasing(text: str, *, original_message: Markdown) -> bool:
    changed = _CHANGEABLE.search(text) is not None
    kept, original = (_CHANGEABLE.sub("", one).strip() for one in (text, original_message))
    return changed and kept == original


def _rephrased_paragraph(text: str, *, original_paragraph: str, low: Count, high: Count) -> bool:
    shared = Counter(word_runs(text.lower())) & Counter(word_runs(original_paragraph.lower()))
    return low <= shared.total() <= high


def _key_sentences(text: str, *, key_sentences: tuple[str, ...], num_sentences: Count) -> bool:
    return len(set(key_sentences) & set(sentences(text))) == num_sentences


CHECKERS: Final[dict[str, Callable[..., bool]]] = {
    "change_case:capital_word_frequency": _capital_words,
    "change_case:english_capital": _english_capital,
    "change_case:english_lowercase": _english_lowercase,
    "combination:repeat_prompt": _repeat_prompt,
    "combination:two_responses": _two_responses,
    "detectable_content:number_placeholders": _placeholders,
    "detectable_content:postscript": _postscript,
    "detectable_content:rephrase_paragraph": _rephrased_paragraph,
    "detectable_format:constrained_response": _constrained_response,
    "detectable_format:json_format": _json_format,
    "detectable_format:multiple_sections": _multiple_sections,
    "detectable_format:number_bullet_lists": _bullet_lists,
    "detectable_format:number_highlighted_sections": _highlighted_sections,
    "detectable_format:rephrasing": _rephrasing,
    "detectable_format:title": _title,
    "keywords:existence": _keywords_exist,
    "keywords:forbidden_words": _no_forbidden_words,
    "keywords:frequency": keyword_frequency,
    "keywords:key_sentences": _key_sentences,
    "keywords:letter_frequency": letter_frequency,
    "language:response_language": _response_language,
    "length_constraints:nth_paragraph_first_word": _nth_paragraph_first_word,
    "length_constraints:number_paragraphs": number_of_paragraphs,
    "length_constraints:number_sentences": _number_of_sentences,
    "length_constraints:number_words": _number_of_words,
    "multi-turn:constrained_start": _constrained_start,
    "punctuation:no_comma": _no_comma,
    "startend:end_checker": _end_checker,
    "startend:quotation": _quotation,
}
