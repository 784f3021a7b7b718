"""IFBench's instructions that are a whole task (arXiv 2507.02833): `custom:*`.

As published, except that a date must be one of the calendar, and every row of a table is looked at.
"""

import csv
import re
import string
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise
from typing import Final

from rewards.instructions.text import sentences, trimmed, without_punctuation, word_runs

_CAPITALS: Final = word_runs(
    "Reykjavik Helsinki Oslo Tallinn Stockholm Riga Moscow Copenhagen Vilnius Minsk Dublin Berlin Amsterdam "
    "Warsaw London Brussels Prague Luxembourg Paris Vienna Bratislava Budapest Vaduz Chisinau Bern Ljubljana "
    "Zagreb"
)
"""Europe's capitals north of 45 degrees, from north to south, as the published check has them."""
_AFRICAN_COUNTRIES: Final = 52
"""How many lines from Zimbabwe on the published check asks for."""
_QUESTION: Final = re.compile(r"\n*Question \d+[.|):;]?\s*")
_OPTION: Final = re.compile(r"\s*[A-Ea-e][.|)]\s*\w")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_NAPOLEON: Final = (date(1769, 1, 1), date(1821, 12, 31))
_SPECIAL: Final = re.compile(r'".*[^\d\w\s].*"')


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")


def _multiples(text: str) -> bool:
    return re.findall(r"\d+", text) == [str(number) for number in range(14, 51, 7)]


def _questions(text: str) -> bool:
    if not text.startswith("Question"):
        return False
    questions = [part.strip() for part in _QUESTION.split(text) if part.strip()]
    lengths = []
    for question in questions:
        lines = question.split("\n")
        options = [place for place, line in enumerate(lines) if _OPTION.match(line)]
        if len(options) != 5:
            return False
        lengths.append(len(" ".join(line.strip() for line in lines[: options[0]])))
    return len(questions) == 4 and all(first < second for first, second in pairwise(lengths))


def _reverse_newline(text: str) -> bool:
    lines = [trimmed(line) for line in text.split("\n") if trimmed(line)]
    starts = [place for place, line in enumerate(lines) if "Zimbabwe" in line]
    listed = [_ascii(line) for line in lines[starts[0] :]] if starts else []
    return len(listed) >= _AFRICAN_COUNTRIES and listed == sorted(listed, reverse=True)


def _word_reverse(text: str) -> bool:
    reverse = " ".join(reversed(without_punctuation(text).lower().split()))
    return "bald eagle" in reverse


def _character_reverse(text: str) -> bool:
    return "elgae dlab" in text.lower()


def _sentence_alphabet(text: str) -> bool:
    initials = [sentence.lower()[0] for sentence in sentences(text)]
    return initials == list(string.ascii_lowercase)


def _capitals(text: str) -> bool:
    return [name.strip() for name in _ascii(text).split(",") if name.strip()] == _CAPITALS


def _rows(text: str, delimiter: str = ",") -> list[list[str]]:
    """The table's rows; none where it is no such table."""
    try:
        return list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter))
    except csv.Error:
        return []


def _quoted_rows(text: str, delimiter: str = ",") -> list[list[str]]:
    """The table's rows, with the fields' quotation marks kept."""
    return [[field.strip() for field in row] for row in _rows(text.replace('"', '"""'), delimiter)]


def _sized(rows: Sequence[Sequence[str]], header: str, count: int) -> bool:
    names = header.split()
    return (
        len(rows) == count + 1
        and [name.strip('"') for name in rows[0]] == names
        and all(len(row) == len(names) for row in rows)
    )


def _csv_city(text: str) -> bool:
    rows = _rows(text)
    return _sized(rows, "ID Country City Year Count", 7)


def _csv_special_character(text: str) -> bool:
    rows = _quoted_rows(text)
    sized = _sized(rows, "ProductID Category Brand Price Stock", 14)
    return sized and any(_SPECIAL.match(field) for row in rows[1:] for field in row)


def _csv_quotes(text: str) -> bool:
    rows = _quoted_rows(text, "\t")
    quoted = all(len(field) > 1 and field[0] == field[-1] == '"' for row in rows for field in row)
    return _sized(rows, "StudentID Subject Grade Semester Score", 3) and quoted


def _date_format_list(text: str) -> bool:
    first, last = _NAPOLEON
    for part in text.split(","):
        if not _DATE.fullmatch(part.strip()):
            return False
        try:
            day = date.fromisoformat(part.strip())
        except ValueError:
            return False
        if not first <= day <= last:
            return False
    return True


CHECKERS: Final[dict[str, Callable[..., bool]]] = {
    "custom:character_reverse": _character_reverse,
    "custom:csv_city": _csv_city,
    "custom:csv_quotes": _csv_quotes,
    "custom:csv_special_character": _csv_special_character,
    "custom:date_format_list": _date_format_list,
    "custom:european_capitals_sort": _capitals,
    "custom:mcq_count_length": _questions,
    "custom:multiples": _multiples,
    "custom:reverse_newline": _reverse_newline,
    "custom:sentence_alphabet": _sentence_alphabet,
    "custom:word_reverse": _word_reverse,
}
