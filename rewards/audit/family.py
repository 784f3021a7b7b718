"""How answers of each kind are written in a response: what a probe needs to know about a verifier's field.

A family is the part of a verifier's name before the colon. A verifier of the user's own is of the family
`text`, whose response is the answer itself, unless its `audit_family` names another.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from rewards.problem import Reference

Phrasing = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """How responses of one field look."""

    name: str
    response: Phrasing
    """The plainest response that gives an answer."""
    phrasings: Mapping[str, Phrasing] = field(default_factory=dict)
    """Other ways in which a right answer is to be accepted."""
    empty: Sequence[str] = ()
    """Responses that look like an answer and give none."""
    constants: Callable[[Reference], Sequence[str]] = lambda _reference: ()
    """Answers that a model may give to everything, the same number of them for each reference."""
    listings: Sequence[Callable[[str, str], str]] = ()
    """Responses that give a right answer among others and commit to none."""
    sample: int = 1_000
    """How many items the probes take that ask much about each; a program takes longer than a formula."""
    symmetric: bool = False
    """Whether an answer may stand as the reference, in `reference["answer"]`."""


def _boxed(answer: str) -> str:
    return f"So it is $\\boxed{{{answer}}}$."


def _tagged(answer: str) -> str:
    return f"<answer>{answer}</answer>"


def _fenced(program: str) -> str:
    return f"```python\n{program}\n```"


def _as_it_is(answer: str) -> str:
    return answer


_BLANK: Final = ("", " ", "\n\t \n", "<think></think>", "<think>It is 7.</think>", "<think>It is 7.")

_STATED: Final[dict[str, Phrasing]] = {
    "a box in a sentence": _boxed,
    "a box on a line of its own": lambda a: f"We add up.\n\n\\[\n\\boxed{{{a}}}\n\\]\n\nThis completes it.",
    "a box after thoughts": lambda a: f"<think>Is it \\boxed{{-77}}?</think>\n$\\boxed{{{a}}}$",
    "the last of two boxes": lambda a: f"First I had \\boxed{{-77}}. That is wrong.\n\nIt is \\boxed{{{a}}}.",
    "the answer is": lambda a: f"Adding up gives the result. The answer is ${a}$.",
    "Answer:": lambda a: f"We add up.\n\nAnswer: ${a}$",
    "bold answer": lambda a: f"We add up.\n\n**Answer: ${a}$**",
    "final answer": lambda a: f"Final Answer: The final answer is ${a}$. I hope it is correct.",
    "four hashes": lambda a: f"We add up.\n#### {a}",
    "nothing but the answer": lambda a: f"${a}$",
    "bold alone": lambda a: f"**${a}$**",
}

_NUMBERS: Final = ("0", "1", "2", "3", "4", "5", "6", "7", "10", "12", "-1", "\\frac{1}{2}", "100")
_WORDS: Final = (
    "A",
    "B",
    "C",
    "D",
    "yes",
    "no",
    "true",
    "false",
    "x",
    "\\pi",
    "\\infty",
    "none",
    "nan",
    "\\emptyset",
)

_LISTINGS: Final = (
    lambda right, other: f"It is $\\boxed{{{right} \\text{{ or }} {other}}}$.",
    lambda right, other: f"The answer is ${right}$ or ${other}$.",
    lambda right, other: f"It could be ${right}$, and it could be ${other}$. I cannot tell which.",
    lambda right, other: f"The answer is either ${other}$ or ${right}$, depending on how one reads it.",
)

_PUZZLE_WORDS: Final = (
    *("0", "1", "2", "3", "4", "5", "-1", "0.5", "A", "B", "True", "False", "Yes", "No", "true", "false"),
    *("nan", "inf", "None", "[]", "{}", "()", "on", "off", "0:00", "6*4+1-1", "x", "N/A"),
)

_PROGRAM_PHRASINGS: Final[dict[str, Phrasing]] = {
    "a fence": _fenced,
    "a fence in prose": lambda p: f"Here it is:\n\n```python\n{p}\n```\n\nIt runs in linear time.",
    "a fence marked py": lambda p: f"```py\n{p}\n```",
    "a fence marked Python": lambda p: f"```Python\n{p}\n```",
    "a fence without a mark": lambda p: f"```\n{p}\n```",
    "a fence that never closes": lambda p: f"The program:\n```python\n{p}",
    "after thoughts": lambda p: f"<think>Like so?\n```python\nprint(-77)\n```\n</think>\n```python\n{p}\n```",
    "the last of two fences": lambda p: (
        f"First try:\n```python\nprint(-77)\n```\nBetter:\n```python\n{p}\n```"
    ),
    "lines that end in CR LF": lambda p: _fenced(p).replace("\n", "\r\n"),
    "comments around": lambda p: f"```python\n# solution\n{p}\n# end\n```",
}

_RETURNED: Final = ("0", "1", "-1", "None", "True", "False", "''", "[]", "args[0] if args else None")
_PRINTED: Final = ("0", "1", "-1", "2", "YES", "NO", "Yes", "No", "")


def _constant_programs(reference: Reference) -> list[str]:
    """Programs that return or print one thing whatever they are given; names come from the reference."""
    name = reference.get("entry_point")
    if isinstance(name, str) and name.isidentifier():
        return [f"def {name}(*args):\n    return {value}" for value in _RETURNED]
    return [f"import sys\nprint({text!r})" for text in _PRINTED]


FAMILIES: Final[dict[str, Family]] = {
    "math": Family(
        name="math",
        response=_boxed,
        phrasings=_STATED,
        empty=(*_BLANK, "\\boxed{}", "$\\boxed{ }$", "The answer is", "The answer is .", "**", "####"),
        constants=lambda _reference: (*_NUMBERS, *_WORDS),
        listings=_LISTINGS,
        symmetric=True,
    ),
    "stem": Family(
        name="stem",
        response=_boxed,
        phrasings=_STATED,
        empty=(*_BLANK, "\\boxed{}", "The answer is", "( )", "**Answer:**"),
        constants=lambda _reference: (*_NUMBERS, *_WORDS),
        listings=_LISTINGS,
        symmetric=True,
    ),
    "puzzle": Family(
        name="puzzle",
        response=_tagged,
        phrasings={
            "tags": _tagged,
            "tags with blanks": lambda a: f"<answer> {a} </answer>",
            "tags on lines of their own": lambda a: f"<answer>\n{a}\n</answer>",
            "tags after thoughts": lambda a: f"<think>hm, <answer>-77</answer>?</think>{_tagged(a)}",
            "tags behind prose": lambda a: f"I tried all of them.\n\n{_tagged(a)}",
            "tags before prose": lambda a: f"{_tagged(a)}\n\nThat was easy.",
            "the last of two tags": lambda a: f"<answer>-77</answer> No: {_tagged(a)}",
            "nothing but the answer": _as_it_is,
            "blanks around": lambda a: f"\n {a} \n",
            "the answer after thoughts": lambda a: f"<think>hm</think>\n\n{a}",
        },
        empty=(*_BLANK, "<answer></answer>", "<answer> \n </answer>", "<answer>", "</answer>"),
        constants=lambda _reference: _PUZZLE_WORDS,
        listings=(
            lambda right, other: f"<answer>{right} or {other}</answer>",
            lambda right, other: f"<answer>{other} {right}</answer>",
            lambda right, other: f"<answer>{right}\n{other}\n</answer>",
        ),
    ),
    "code": Family(
        name="code",
        response=_fenced,
        phrasings=_PROGRAM_PHRASINGS,
        empty=(*_BLANK, "```python\n```", "```", "```python\n\n\n```", "```python\n# nothing\n```"),
        constants=_constant_programs,
        sample=6,
    ),
    "instruction": Family(
        name="instruction",
        response=_as_it_is,
        phrasings={
            "as it is": _as_it_is,
            "after thoughts": lambda a: f"<think>What was asked, again?</think>\n\n{a}",
            "blank lines around": lambda a: f"\n\n{a}\n\n",
        },
        empty=_BLANK,
    ),
    "text": Family(
        name="text",
        response=_as_it_is,
        phrasings={
            "as it is": _as_it_is,
            "blanks around": lambda a: f"\n {a} \n",
        },
        empty=("", " ", "\n\t \n"),
        constants=lambda _reference: (*_NUMBERS, *_WORDS),
        listings=(
            lambda right, other: f"{right} or {other}",
            lambda right, other: f"{other}\n{right}\n",
        ),
        symmetric=True,
    ),
}
