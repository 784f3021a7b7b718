"""The forms of a `stem` reference, and what each says about the kind of its answer.

    {"answer": TEXT | NUMBER | BOOL | [ITEM, ...],
     "choices": [TEXT, ...]?, "type": KIND?,
     "unit": TEXT?, "require_unit": BOOL?, "rel": NUMBER?, "abs": NUMBER?}

Without `type`, an answer with `choices` is a choice (a list of them: all of these); a letter from A to J, or
any letter in brackets, is a choice too; `True`, `false`, `yes` and `no` are truth values; a JSON list, or
numbers in square brackets, a list; words and ions (`Fe^{3+}`) are words; all else is a value: a quantity
where it can be read as one, else an expression.

Not covered: several right answers (`answers`, which `math` has).
"""

import math
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from rewards.errors import BadReference
from rewards.expressions import MAX_REFERENCE_CHARS
from rewards.problem import Reference
from rewards.science.choices import LETTERS, UNLISTED, letters_of
from rewards.science.lists import MAX_DEPTH, MAX_ITEMS, is_bracketed, items_of
from rewards.science.quantities import Tolerance
from rewards.science.truth import truth_of


class Kind(StrEnum):
    """What an answer is. Values are what `type` may say, beside the other names in `_KINDS`."""

    CHOICE = "choice"
    CHOICES = "choices"
    """A set of letters."""
    TRUTH = "bool"
    INTEGER = "integer"
    """A whole number, exactly."""
    NUMBER = "number"
    """Measured, however it is written: `60` is taken for a rounded value."""
    LIST = "list"
    """In order, item by item."""
    EXPRESSION = "expression"
    """What `math` judges, units and tolerances aside."""
    WORDS = "text"
    VALUE = "value"
    """A quantity where it can be read as one, else an expression."""


_KINDS: Final = {
    **{kind.value: kind for kind in Kind},
    "option": Kind.CHOICE,
    "options": Kind.CHOICES,
    "boolean": Kind.TRUTH,
    "int": Kind.INTEGER,
    "float": Kind.NUMBER,
    "quantity": Kind.VALUE,
    "list of integer": Kind.LIST,
    "list of float": Kind.LIST,
}
MAX_BITS: Final = 4_000
MAX_WORDS_CHARS: Final = 200
_LONE_LETTER: Final = re.compile(r"[$\s]*(?:[A-J][.):]?|\([A-Za-z]\))[$.\s]*")
_TRUTH_WORD: Final = re.compile(r"(?:true|false|yes|no)\.?", re.IGNORECASE)
_WORDS: Final = re.compile(r"(?=.*[A-Za-z]{5})[A-Za-z][a-z'\u2019-]+(?:[ -][A-Za-z][a-z'\u2019-]*){0,20}\.?")
_ION: Final = re.compile(
    r"(?=\W*(?:mathrm\W*)?[A-Z])(?:[A-Z][a-z]?|[\d_{}()$ ]|\\mathrm)+\^?[\d{ ]{0,4}[+-][}$ ]{0,3}"
)
_NUMBER: Final = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """What a response is judged by."""

    kind: Kind
    text: str = ""
    choices: tuple[str, ...] = ()
    letters: frozenset[str] = frozenset()
    truth: bool = False
    items: tuple["Gold", ...] = ()
    unit: str = ""
    unit_required: bool = False
    tolerance: Tolerance | None = None

    @property
    def known_letters(self) -> int:
        """How many letters an answer may choose from."""
        return len(self.choices) or max(UNLISTED, *(LETTERS.index(letter) + 1 for letter in self.letters))


def read_reference(reference: Reference) -> Gold:
    """What a reference says.

    Raises:
        BadReference: it does not have the form.
    """
    if "answer" not in reference:
        raise BadReference(f"a 'stem' reference has an 'answer'; given: {sorted(map(str, reference))}")
    answer, choices = _bounded(reference["answer"]), _choices(reference.get("choices"))
    unit, required = reference.get("unit") or "", reference.get("require_unit") or False
    if not isinstance(unit, str) or not isinstance(required, bool):
        raise BadReference("'unit' is a text and 'require_unit' a truth value")
    given = reference.get("type")
    kind = _kind(answer, choices) if given is None else _named_kind(given)
    if kind in {Kind.CHOICE, Kind.CHOICES}:
        return _choice_gold(answer, choices, kind)
    gold = _gold(answer, kind, depth=0)
    return _with_rules(gold, unit, required, _tolerance(reference))


def _bounded(answer: Any, depth: int = 0) -> Any:
    """The answer, where its numbers can be written out and its lists are few and flat."""
    if isinstance(answer, int) and answer.bit_length() > MAX_BITS:
        raise BadReference(f"a number has at most {MAX_BITS} bits")
    if isinstance(answer, list):
        if depth == MAX_DEPTH or not 0 < len(answer) <= MAX_ITEMS:
            raise BadReference(f"a list has 1 to {MAX_ITEMS} items, and {MAX_DEPTH} levels at most")
        for item in answer:
            _bounded(item, depth + 1)
    return answer


def _choices(given: Any) -> tuple[str, ...]:
    choices = given or []
    if not isinstance(choices, list) or not all(isinstance(choice, str) for choice in choices):
        raise BadReference("'choices' is a list of texts")
    if len(choices) > len(LETTERS):
        raise BadReference(f"at most {len(LETTERS)} choices, not {len(choices)}")
    return tuple(choices)


def _tolerance(reference: Reference) -> Tolerance | None:
    if reference.get("rel") is None and reference.get("abs") is None:
        return None
    relative, absolute = _size(reference.get("rel")), _size(reference.get("abs"))
    if relative >= 1:
        raise BadReference("'rel' is a share of the answer, less than 1")
    return Tolerance(relative=relative, absolute=absolute)


def _size(given: Any) -> Fraction:
    size = 0 if given is None else given
    if isinstance(size, bool) or not isinstance(size, int | float) or not 0 <= size < math.inf:
        raise BadReference("'rel' and 'abs' are numbers, finite and not negative")
    return Fraction(size)


def _named_kind(given: Any) -> Kind:
    if not isinstance(given, str) or given not in _KINDS:
        raise BadReference(f"no type {given!r:.40}: have {', '.join(_KINDS)}")
    return _KINDS[given]


def _kind(answer: Any, choices: tuple[str, ...]) -> Kind:
    if choices:
        return Kind.CHOICES if isinstance(answer, list) else Kind.CHOICE
    if isinstance(answer, bool):
        return Kind.TRUTH
    if isinstance(answer, list):
        return Kind.LIST
    if isinstance(answer, float):
        return Kind.NUMBER
    return _kind_of_text(answer) if isinstance(answer, str) else Kind.VALUE


def _kind_of_text(answer: str) -> Kind:
    bare = answer[:MAX_REFERENCE_CHARS].strip()
    if _LONE_LETTER.fullmatch(bare):
        return Kind.CHOICE
    if _TRUTH_WORD.fullmatch(bare):
        return Kind.TRUTH
    if is_bracketed(bare) and all(_NUMBER.fullmatch(item) for item in items_of(bare) or [""]):
        return Kind.LIST
    is_words = len(bare) < MAX_WORDS_CHARS and (_WORDS.fullmatch(bare) or _ION.fullmatch(bare))
    return Kind.WORDS if is_words else Kind.VALUE


def _choice_gold(answer: Any, choices: tuple[str, ...], kind: Kind) -> Gold:
    several = kind is Kind.CHOICES
    texts = answer if several and isinstance(answer, list) else [answer]
    if not texts or not all(isinstance(text, str) for text in texts):
        raise BadReference(f"a choice is given by its letter or its words, not by {answer!r:.80}")
    found = [letters_of(text, choices, known=len(LETTERS), glued=several) for text in texts]
    if not all(found) or (not several and len(found[0]) != 1):
        raise BadReference(f"the answer {answer!r:.80} is neither a letter of the choices nor one of them")
    return Gold(kind=kind, choices=choices, letters=frozenset().union(*found), text=str(answer))


def _gold(answer: Any, kind: Kind, *, depth: int) -> Gold:
    if kind is Kind.LIST:
        return _list_gold(answer, depth)
    if kind is Kind.TRUTH:
        truth = answer if isinstance(answer, bool) else truth_of(str(answer), numbers=True)
        if truth is None:
            raise BadReference(f"a truth value is true, false, yes or no, not {answer!r:.40}")
        return Gold(kind=kind, truth=truth, text=str(answer))
    text = _text(answer)
    if kind is Kind.INTEGER and not re.fullmatch(r"\s*[+-]?\d{1,300}(?:\.0*)?\s*", text):
        raise BadReference(f"an integer has digits alone, not {answer!r:.40}")
    return Gold(kind=kind, text=text)


def _list_gold(answer: Any, depth: int) -> Gold:
    items = items_of(answer) if isinstance(answer, str) else answer
    if not isinstance(items, list) or depth == MAX_DEPTH:
        raise BadReference(f"a list has 1 to {MAX_ITEMS} items, and {MAX_DEPTH} levels at most")
    kinds = [_kind(item, ()) if not isinstance(item, str) else _kind_of_item(item) for item in items]
    golds = tuple(_gold(item, kind, depth=depth + 1) for item, kind in zip(items, kinds, strict=True))
    return Gold(kind=Kind.LIST, items=golds, text=str(answer))


def _kind_of_item(item: str) -> Kind:
    """In a list a letter is a name and no choice."""
    kind = _kind_of_text(item)
    return Kind.VALUE if kind is Kind.CHOICE else kind


def _text(answer: Any) -> str:
    if isinstance(answer, float) and not math.isfinite(answer):
        raise BadReference(f"an answer is finite, not {answer!r}")
    text = repr(answer) if isinstance(answer, int | float) and not isinstance(answer, bool) else answer
    if not isinstance(text, str) or not text.strip():
        raise BadReference(f"an answer is a text with something in it, or a number, not {answer!r:.80}")
    if len(text) > MAX_REFERENCE_CHARS:
        raise BadReference(f"a reference answer has at most {MAX_REFERENCE_CHARS} characters")
    return text.strip()


def _with_rules(gold: Gold, unit: str, required: bool, tolerance: Tolerance | None) -> Gold:
    items = tuple(_with_rules(item, unit, required, tolerance) for item in gold.items)
    return replace(gold, items=items, unit=unit.strip(), unit_required=required, tolerance=tolerance)
