"""What quantities come to: units and formulas are worked out in a killable worker, once for each text.

Not covered: units that have no fixed worth (currencies, decibels); such words count as nouns.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import Any, Final

from rewards.errors import GradingError
from rewards.science.quantities import Quantity, Tolerance, close_enough, quantities, with_unit
from rewards.science.units import Reading, Terms
from rewards.workers.overrun import Overrun
from rewards.workers.pool import WorkerPool

ITEM_SECONDS: Final = 1.0
REMEMBERED: Final = 4096


class TookTooLong(Exception):
    """A text took its worker down."""

    def __init__(self, overrun: Overrun) -> None:
        super().__init__(overrun.detail)
        self.overrun = overrun


@dataclass(frozen=True, slots=True)
class Worth:
    """A unit in root units: `scale * value + offset` of those of `root`."""

    scale: Fraction
    offset: Fraction
    root: tuple[str, ...]
    manner: str
    """`turning` or `happening`: radians a second and hertz have one root and are no equals."""

    def is_like(self, other: "Worth") -> bool:
        """Whether values in the one can be told in the other."""
        return self.root == other.root and (self.manner == other.manner or "" in {self.manner, other.manner})


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A quantity with its value and the worth of its unit."""

    quantity: Quantity
    value: Fraction
    worths: tuple[Worth, ...]
    """One for each meaning of the unit; none where it is a noun."""

    @property
    def has_unit(self) -> bool:
        """Whether anything stands after the number."""
        return bool(self.quantity.words)


class Measures:
    """Works out quantities; owns the workers that do. Safe from many threads."""

    def __init__(self, *, workers: int) -> None:
        """Start nothing yet; see `WorkerPool`."""
        self._pool = WorkerPool("rewards.tasks.units:work", item_seconds=ITEM_SECONDS, workers=workers)
        self.measured = lru_cache(REMEMBERED)(self._measured)
        """The one quantity that a text is; None where it is none. Raises what `_resolved` raises."""
        self._worth = lru_cache(REMEMBERED)(self._work_out_unit)

    def close(self) -> None:
        """End the workers. Safe to call twice."""
        self._pool.close()

    def with_unit(self, text: str, unit: str) -> Measured | None:
        """The number that a text is, in a unit given apart from it; a unit in the text goes first.

        Raises what `measured` raises.
        """
        bare = self.measured(text)
        if bare is None or bare.has_unit:
            return bare
        found = (self._resolved(quantity) for quantity in with_unit(bare.quantity, unit))
        return next((measured for measured in found if measured is not None), None)

    def _resolved(self, quantity: Quantity) -> Measured | None:
        """The quantity worked out; None where its unit is unknown or its formula is no number.

        Raises:
            TookTooLong: the worker ran out of time or memory on it.
            GradingError: no worker can be had.
        """
        worths = tuple(worth for reading in quantity.units if (worth := self._read(reading)) is not None)
        if quantity.units and not worths:
            return None
        value = quantity.value
        if value is None:
            worked = self._ask({"formula": quantity.formula})
            if worked is None:
                return None
            value = Fraction(worked["value"])
        return Measured(quantity=quantity, value=value, worths=worths)

    def _measured(self, text: str) -> Measured | None:
        """The one quantity that a text is; None where it is none. Raises what `resolved` raises."""
        found = (self._resolved(quantity) for quantity in quantities(text))
        return next((measured for measured in found if measured is not None), None)

    def _read(self, reading: Reading) -> Worth | None:
        worth = self._worth(reading.terms)
        if worth is None or not reading.ten:
            return worth
        ten = Fraction(10) ** reading.ten
        return Worth(worth.scale * ten, worth.offset, worth.root, worth.manner)

    def _work_out_unit(self, terms: Terms) -> Worth | None:
        if not terms:
            return Worth(Fraction(1), Fraction(0), (), "")
        worked = self._ask({"terms": [[name, str(exponent)] for name, exponent in terms]})
        if worked is None:
            return None
        return Worth(
            Fraction(worked["scale"]), Fraction(worked["offset"]), tuple(worked["root"]), worked["manner"]
        )

    def _ask(self, item: dict[str, Any]) -> dict[str, Any] | None:
        (answer,) = self._pool.run([item])
        if isinstance(answer, GradingError):
            raise answer
        if isinstance(answer, Overrun):
            raise TookTooLong(answer)
        worked: dict[str, Any] | None = answer
        return worked


def same_quantity(
    answer: Measured, gold: Measured, tolerance: Tolerance | None = None, *, unit_required: bool = False
) -> bool:
    """Whether an answer is the reference.

    A unit that one of the two lacks is forgiven, unless `unit_required`; a wrong one is not.
    """
    if unit_required and gold.has_unit and not answer.has_unit:
        return False
    return any(
        close_enough(value, reference, gold.quantity, tolerance)
        for value, reference in _in_one_unit(answer, gold)
    )


def _in_one_unit(answer: Measured, gold: Measured) -> Iterator[tuple[Fraction, Fraction]]:
    """The answer and the reference as numbers of one unit, in each way they can be had."""
    if not (answer.has_unit and gold.has_unit):
        yield answer.value, gold.value
        yield from ((answer.value * share, gold.value) for share in _shares(answer))
        yield from ((answer.value, gold.value * share) for share in _shares(gold))
    elif not answer.worths and not gold.worths and _noun(answer) == _noun(gold):
        yield answer.value, gold.value
    for given, wanted in product(answer.worths, gold.worths):
        if answer.has_unit and gold.has_unit and given.is_like(wanted):
            root = answer.value * given.scale + given.offset
            yield (root - wanted.offset) / wanted.scale, gold.value


def _shares(measured: Measured) -> Iterator[Fraction]:
    """What a number may be multiplied with to be bare: of percent, or of a unit's own power of ten."""
    for worth in measured.worths:
        if not worth.root and worth.manner != "turning":
            yield worth.scale
    for reading in measured.quantity.units:
        yield Fraction(10) ** reading.ten


def _noun(measured: Measured) -> str:
    return measured.quantity.words.casefold().rstrip("s")
