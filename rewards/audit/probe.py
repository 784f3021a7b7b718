"""The form of a probe, and what it works on: a verifier, its items, and how answers to them are written."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from rewards.audit.examinee_link import ExamineeLink, Judgement, Row
from rewards.audit.family import Family
from rewards.audit.items import Item, same
from rewards.audit.report import Example, example
from rewards.verdict import UNJUDGED, Outcome

MOST_EXAMPLES: Final = 5
STATUSES: Final = frozenset(str(status) for status in Outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A row that was asked, what came back, and what is remarkable about it."""

    row: Row
    judgement: Judgement
    note: str = ""

    def example(self) -> Example:
        """For a report."""
        response, reference = self.row
        reward = self.judgement.reward
        known = isinstance(reward, int | float) or reward is None
        words = str(self.judgement.detail or "")[:200] if reward is None else ""
        return example(
            response,
            reference,
            status=self.judgement.status,
            reward=reward if known else None,
            note=": ".join(filter(None, (self.note, words))),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What a probe found."""

    figure: float | None
    cases: int
    against: Sequence[Case] = ()
    """What speaks against the verifier, the worst first."""
    allowance: float = 0.0
    """Added to the bar: what chance alone gives on these items."""
    note: str = ""


class Subject:
    """A verifier under audit on one set of items."""

    def __init__(self, examinee: ExamineeLink, items: Sequence[Item], family: Family, *, seed: int) -> None:
        """Ask `examinee` about `items`, written as `family` writes answers."""
        self.items = items
        self.family = family
        self.examinee = examinee
        self.chance = random.Random(seed)
        self.unfit: list[Case] = []
        """Well-formed rows that got no status and reward of the vocabulary."""
        self.asked = 0
        self.under_fire: tuple[list[Case], list[Case]] | None = None
        """Verdicts on hostile answers and on the right ones after each, once they were asked for."""

    @property
    def solved(self) -> list[Item]:
        """The items that have a known right answer."""
        return [item for item in self.items if item.gold is not None]

    @property
    def sample(self) -> Sequence[Item]:
        """The items for probes that ask much about each."""
        return self.items[: self.family.sample]

    def judge(self, rows: Sequence[Row], notes: Sequence[str] = ()) -> list[Case]:
        """Cases of well-formed rows, asked as one batch."""
        judgements = self.examinee.ask(rows)
        return [self._case(*each) for each in zip(rows, judgements, notes or [""] * len(rows), strict=True)]

    def judge_alone(self, row: Row, note: str = "", *, watch: bool = False) -> Case:
        """The case of one well-formed row that may hang the verifier."""
        return self._case(row, self.examinee.ask_alone(row, watch=watch), note)

    def row(self, item: Item, answer: str) -> Row:
        """A response to `item` that gives `answer` as its family's responses do."""
        return self.family.response(answer), item.reference

    def _case(self, row: Row, judgement: Judgement, note: str) -> Case:
        case = Case(row=row, judgement=judgement, note=note)
        self.asked += 1
        if not _fits(judgement):
            self.unfit.append(case)
        return case


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One attack."""

    name: str
    title: str
    measure: Callable[[Subject], Measurement | None]
    """None where the items or the family give it nothing to work on."""
    bar: float
    """For verifiers that declare none."""
    at_most: bool = True
    unit: str = "share"
    families: frozenset[str] = field(default=frozenset())
    """To which it applies; empty for all."""


def share(cases: Sequence[Case], *, wrong: Callable[[Case], bool]) -> Measurement | None:
    """The share of cases that are wrong, with the wrong ones as examples."""
    against = [case for case in cases if wrong(case)]
    return Measurement(figure=len(against) / len(cases), cases=len(cases), against=against) if cases else None


def most_frequent(texts: Iterable[str], count: int) -> list[tuple[str, int]]:
    """The `count` most frequent texts with how often they come; the first spelling of each stands."""
    totals: dict[str, tuple[str, int]] = {}
    for text in texts:
        first, seen = totals.get(same(text), (text, 0))
        totals[same(text)] = (first, seen + 1)
    return sorted(totals.values(), key=lambda pair: -pair[1])[:count]


def _fits(judgement: Judgement) -> bool:
    reward = judgement.reward
    number = isinstance(reward, int | float) and not isinstance(reward, bool)
    return (
        judgement.status in STATUSES
        and judgement.status not in {str(status) for status in UNJUDGED}
        and number
        and 0 <= reward <= 1
    )
