"""Which problems are drawn."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from harness.errors import ConfigError
from rewards.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """One source's problems and its share of the prompts."""

    problems: tuple[Problem, ...]
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MixState:
    """How far a mix has been gone through."""

    draws: int
    drawn: list[int]
    """Problems drawn from each pool."""


class ProblemMix:
    """Draws problems from several pools by weight, each pool in shuffled epochs.

    All randomness follows from the seed and the counts drawn so far, so `state` is enough to go
    on exactly after a kill.
    """

    def __init__(self, pools: Sequence[Pool], *, seed: int) -> None:
        """Mix `pools`.

        Raises:
            ConfigError: a pool has no problem.
        """
        if not pools or any(not pool.problems for pool in pools):
            raise ConfigError("every data source must give at least one problem")
        self._pools = tuple(pools)
        self._weights = [pool.weight for pool in pools]
        self._seed = seed
        self._draws = 0
        self._drawn = [0] * len(pools)
        self._orders: list[tuple[int, list[int]]] = [(-1, [])] * len(pools)
        """Each pool's epoch under way, and the order in which it is gone through."""

    def draw(self, count: int) -> list[Problem]:
        """The next `count` problems."""
        chance = random.Random(f"{self._seed}:mix:{self._draws}")
        self._draws += 1
        places = chance.choices(range(len(self._pools)), self._weights, k=count)
        return [self._next(index) for index in places]

    def reweight(self, weights: Sequence[float]) -> None:
        """Draw by other weights from here on, one for each pool; each goes on where it stood."""
        self._weights = list(weights)

    def state(self) -> MixState:
        """How far each pool has been gone through."""
        return MixState(draws=self._draws, drawn=list(self._drawn))

    def restore(self, state: MixState) -> None:
        """Go on from what `state` gave.

        Raises:
            ConfigError: it was given by a mix of other pools.
        """
        if len(state.drawn) != len(self._pools):
            raise ConfigError("the checkpoint's data cursor does not fit this recipe's data")
        self._draws, self._drawn = state.draws, list(state.drawn)

    def _next(self, index: int) -> Problem:
        problems = self._pools[index].problems
        epoch, place = divmod(self._drawn[index], len(problems))
        self._drawn[index] += 1
        return problems[self._order(index, epoch)[place]]

    def _order(self, index: int, epoch: int) -> list[int]:
        if self._orders[index][0] != epoch:
            order = list(range(len(self._pools[index].problems)))
            random.Random(f"{self._seed}:epoch:{index}:{epoch}").shuffle(order)
            self._orders[index] = (epoch, order)
        return self._orders[index][1]
