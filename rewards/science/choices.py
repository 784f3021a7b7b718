r"""Multiple choice: which letters a response names.

A letter counts alone, in brackets, before `)`, `.`, `:` or a comma, and before words (`B because ...`); so do
the words of a choice. `A` before words is an article and `I` a pronoun, unless a verb follows. Letters that
are joined (`A or B`, `both A and C`, `A, C`) are several.

Not covered: words that mean a choice without repeating it; choices told by their place ("the second").
"""

import re
from collections.abc import Sequence
from typing import Final

from rewards.extraction import MAX_BARE_CHARS, MAX_RESPONSE_CHARS, last_boxes
from rewards.notation import exact_number, tidy

LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
UNLISTED: Final = 10
"""How many letters there are where the choices are not given."""
MAX_STATEMENT_CHARS: Final = 2_000

_MARKUP: Final = re.compile(
    r"\\(?:text|mathrm|textbf|mathbf|textit|mathit|rm|bf)(?![A-Za-z])|\\[()\[\],;: ]|[*`{}$]"
    r"|(?<!\w)_+|_+(?!\w)"
)
_SAYS: Final = r"[\s*_]{0,6}(?:(?:is|are|would be|must be|should be)\b[\s:*_]{0,6}|[:=][\s*_]{0,6})"
_STATED: Final = re.compile(
    rf"\banswer{_SAYS}(?=\S)|####[ \t]{{0,6}}(?=\S)"
    rf"|\b(?:answers|options?|choices?|statements?){_SAYS}(?=\W{{0,12}}[A-Za-z](?!\w))",
    re.IGNORECASE,
)
"""Of other words than `answer` only what a letter follows: "the other options are wrong" states nothing."""
_CALLED_RIGHT: Final = re.compile(
    r"(?:[(*\[]{1,4}|\b(?:[Oo]ption|[Cc]hoice|[Aa]nswer) {1,3}[(*\[]{0,4})(?P<letter>[A-Z])\b[)*\]]{0,4}"
    r" {1,3}(?:is|are) (?:the )?(?:correct|right|best|answer|true)"
)
_CONCLUDED: Final = re.compile(r".*\b(?:is|are|was|be)\s+(?P<words>.+)", re.DOTALL)
_LEAD: Final = re.compile(
    r"(?:\W{0,4}\b(?:so|thus|hence|therefore|i'd|i(?= (?:choose|pick|select|would|think|say|go)\b)|we|it's|it"
    r"|would|this|that|is|must|be|choose|pick|select|go|with|say|think|are|the|my|both|either|only|correct|right"
    r"|best|final|most|likely|answers?|options?|choices?|letters?)\b[\s:,]{0,3})*",
    re.IGNORECASE,
)
_LETTER: Final = re.compile(
    r"[(\[]\s?(?P<bracketed>[A-Za-z])\s?[)\]]"
    r"|(?P<bare>[A-Za-z])(?P<mark>\s?[).:\]])?(?![\w'\u2019^=+/]|\s?[=^<>]|-\S)"
)
_JOINER: Final = re.compile(
    r"\s?(?:[,;/&+]\s?(?:and\b|or\b)?|\band\b|\bor\b)\s?(?:both\b|also\b)?\s?(?:the\b)?"
    r"\s?(?:options?\b|choices?\b|answers?\b)?\s?",
    re.IGNORECASE,
)
_OTHER: Final = re.compile(r"or\b\W{0,4}(?P<words>.+)", re.DOTALL | re.IGNORECASE)
"""After a letter, something else that it might be: `D or E` of four choices, `C or 7`."""
_ENDS: Final = re.compile(r"\s?(?:[).:\]!?]|\Z|[,;/&+]|and\b|or\b)")
_VERB: Final = re.compile(
    r"\s(?:is|are|because|since|as|for|due|will|would|must|seems)\b|\s?[,;:\u2013\u2014-]\s"
)


def stated_choice(text: str) -> str | None:
    """What in a text (see `after_thinking`) names a choice: its last box, last statement, or last line."""
    text = text[-MAX_RESPONSE_CHARS:].strip()
    boxed = last_boxes(text)
    if boxed is not None:
        return boxed[:MAX_STATEMENT_CHARS]
    at, found = -1, None
    for match in _STATED.finditer(text):
        at, found = match.start(), match.end()
    for match in _CALLED_RIGHT.finditer(text):
        if match.start() > at:
            at, found = match.start(), match.start("letter")
    if found is not None:
        return text[found : found + MAX_STATEMENT_CHARS].partition("\n")[0].strip()
    last = text if len(text) <= MAX_BARE_CHARS else text.rpartition("\n")[2].strip()
    return last if 0 < len(last) <= MAX_BARE_CHARS else None


def letters_of(
    text: str, choices: Sequence[str], *, known: int = UNLISTED, glued: bool = False
) -> frozenset[str]:
    """The letters that `text` names; empty where it names none.

    Args:
        text: what was stated, at most `MAX_STATEMENT_CHARS` of it are read.
        choices: their words, in order; may be empty.
        known: how many letters there are where `choices` is empty.
        glued: whether `ACD` is three letters.
    """
    letters = LETTERS[: len(choices) or known]
    bare = " ".join(_MARKUP.sub(" ", text[:MAX_STATEMENT_CHARS]).split()).strip(" .")
    if glued and re.fullmatch(rf"[{letters}]{{2,26}}", bare):
        return frozenset(bare)
    alone = re.fullmatch(r"[(\[]?\s?([A-Za-z])\s?[)\]]?[.:]?", bare)
    if alone is not None and alone[1].upper() in letters:
        return frozenset(alone[1].upper())
    worded = choice_of_words(text[:MAX_STATEMENT_CHARS], choices)
    if worded is not None:
        return frozenset(worded)
    named, rest = _listed(bare, letters)
    concluded = None if named else _CONCLUDED.match(bare)
    if concluded is not None:
        return frozenset(choice_of_words(concluded["words"], choices) or "")
    if len(named) == 1 and _is_contradicted(named[0], rest, choices):
        return frozenset()
    return frozenset(named)


def choice_of_words(text: str, choices: Sequence[str]) -> str | None:
    """The letter of the one choice whose words, or whose number, `text` repeats."""
    same = [place for place, choice in enumerate(choices) if same_words(text, choice)]
    number = None if same else exact_number(tidy(text))
    if number is not None:
        same = [place for place, choice in enumerate(choices) if exact_number(tidy(choice)) == number]
    return LETTERS[same[0]] if len(same) == 1 else None


def same_words(one: str, other: str) -> bool:
    """Whether two texts say the same words, however they are set; an article in front does not count."""
    return not _spellings(one).isdisjoint(_spellings(other))


def _listed(text: str, letters: str) -> tuple[list[str], str]:
    """The letters at the start, after words that only lead to them, and what follows."""
    lead = _LEAD.match(text)
    at = lead.end() if lead is not None else 0
    named: list[str] = []
    end = at
    while (match := _LETTER.match(text, at)) is not None:
        letter = match["bracketed"] or match["bare"]
        if letter.upper() not in letters or not _is_named(match, text, following=bool(named)):
            break
        named.append(letter.upper())
        end = match.end()
        joiner = _JOINER.match(text, end)
        if joiner is None:
            break
        at = joiner.end()
    return named, text[end:].strip(" .,:;-–—")


def _is_named(match: re.Match[str], text: str, *, following: bool) -> bool:
    """Whether the letter is meant as one, and is no word, variable or article."""
    if match["bracketed"] or match["mark"]:
        return True
    letter, end = match["bare"], match.end()
    if following or letter.islower():
        return _ENDS.match(text, end) is not None
    return letter not in "AI" or _ENDS.match(text, end) is not None or _VERB.match(text, end) is not None


def _is_contradicted(letter: str, rest: str, choices: Sequence[str]) -> bool:
    """Whether the words after a letter are those of another choice, or name something else that it may be."""
    alternative = _OTHER.match(rest)
    if alternative is not None:
        return choice_of_words(alternative["words"], choices) != letter
    other = choice_of_words(rest, choices) if rest else None
    return other is not None and other != letter


def _spellings(text: str) -> set[str]:
    """The words alone, with and without an article; a capital `A` may be a letter and is none."""
    bare = " ".join(_MARKUP.sub(" ", text[:MAX_STATEMENT_CHARS]).split()).strip(" .\"'")
    return {bare.casefold(), re.sub(r"^(?:a|[Aa]n|[Tt]he) ", "", bare).casefold()}
