"""Which problems are drawn.

A recipe's weights are shares of the prompts that are *trained on*. Dynamic sampling drops far more
groups of one source than of another, so the mix is told what became of each problem it gave
(`settle`) and draws the more of a source the more of it is dropped.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from harness.errors import ConfigError
from rewards.problem import Problem

LEAST_RATE: Final = 1 / 8
"""A source of which less than this share is trained on gets no further draws for it: about eight times
its weight at most is drawn of it, and the others take up what is then missing, by their own weights."""
RATE_DECAY: Final = 1 - 1 / 256
"""Per settled problem of a source: its rate is that of its last few hundred."""
PRIOR_PROBLEMS: Final = 2.0
"""Settled problems that a source's rate begins with, half of them trained on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """One source's problems and its share of the prompts."""

    problems: Sequence[Problem]
    weight: float
    """0 for a pool that has no turn until `ProblemMix.reweight` gives it one."""
    name: str = ""
    """What `mix/NAME` calls it; pools of one name are counted together, and those without are not shown."""
    fingerprint: str = ""
    """Of its problems and their order: a checkpoint made with others is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MixState:
    """How far a mix has been gone through; JSON values only."""

    drawn: list[int]
    """Problems drawn from each pool."""
    trained: list[int] = field(default_factory=list)
    """Problems of each pool that were trained on."""
    charged: list[float] = field(default_factory=list)
    """What each pool has been charged for its draws, in prompts trained on, under these weights."""
    weights: list[float] = field(default_factory=list)
    recent: list[list[float]] = field(default_factory=list)
    """Decayed counts of each pool's settled problems, and of those trained on."""
    pending: list[list[str | int | float]] = field(default_factory=list)
    """Problems given and not settled: id, pool and charge."""
    fingerprints: list[str] = field(default_factory=list)


class ProblemMix:
    """Draws problems from several pools by weight, each pool in shuffled epochs.

    Whose turn it is follows from the counts alone: that pool's which has been charged least for its
    weight. A draw is charged with the rate at which the pool's problems are trained on, and when it
    is settled with what truly became of it. All randomness follows from the seed and the counts, so
    `state` is enough to go on exactly after a kill.
    """

    def __init__(self, pools: Sequence[Pool], *, seed: int) -> None:
        """Mix `pools`.

        Raises:
            ConfigError: a pool has no problem, or no pool has a weight.
        """
        if not any(pool.weight > 0 for pool in pools):
            raise ConfigError("one data source at least must have a weight above 0")
        if any(len(pool.problems) == 0 for pool in pools):
            raise ConfigError("every data source must give at least one problem")
        self._pools = tuple(pools)
        self._weights = [pool.weight for pool in pools]
        self._seed = seed
        self._drawn = [0] * len(pools)
        self._trained = [0] * len(pools)
        self._charged = [0.0] * len(pools)
        self._recent = [[0.0, 0.0] for _ in pools]
        self._pending: dict[str, list[tuple[int, float]]] = {}
        """By problem: the pools and charges of its draws that are not settled, oldest first."""
        self._orders: list[tuple[int, list[int]]] = [(-1, [])] * len(pools)
        """Each pool's epoch under way, and the order in which it is gone through."""

    def draw(self, count: int) -> list[Problem]:
        """The next `count` problems. Tell `settle` what becomes of each."""
        problems = []
        for _ in range(count):
            index = self._turn()
            problem = self._next(index)
            charge = max(self._rate(index), LEAST_RATE)
            self._charged[index] += charge
            self._pending.setdefault(problem.id, []).append((index, charge))
            problems.append(problem)
        return problems

    def reweight(self, weights: Sequence[float]) -> None:
        """Mix by other weights from here on, one for each pool, 0 for a pool that has no turn.

        Each pool goes on where it stood, and nothing is made up for that was drawn by the old weights.
        """
        if list(weights) != self._weights:
            self._weights = list(weights)
            self._charged = [0.0] * len(self._pools)

    def settle(self, problems: Iterable[Problem], *, trained: bool) -> None:
        """Say that a group of each of `problems` was, or never will be, trained on.

        One that was dropped for want of signal and one that could not be judged are the same here. A
        group that is carried over to a later step is settled when its fate is known.
        """
        for problem in problems:
            waiting = self._pending.get(problem.id)
            if not waiting:
                raise ValueError(f"problem {problem.id} was not drawn, or is settled already")
            index, charge = waiting.pop(0)
            if not waiting:
                del self._pending[problem.id]
            self._charged[index] += (1.0 if trained else self._cost_of_dropping(index)) - charge
            self._trained[index] += trained
            recent = self._recent[index]
            recent[0] = recent[0] * RATE_DECAY + 1
            recent[1] = recent[1] * RATE_DECAY + trained

    def shares(self) -> dict[str, float]:
        """The realised mix: each name's share of all prompts trained on so far; empty before the first."""
        total = sum(self._trained)
        counts: dict[str, int] = {}
        for pool, trained in zip(self._pools, self._trained, strict=True):
            if pool.name:
                counts[pool.name] = counts.get(pool.name, 0) + trained
        return {name: count / total for name, count in counts.items()} if total else {}

    def state(self) -> MixState:
        """How far each pool has been gone through."""
        return MixState(
            drawn=list(self._drawn),
            trained=list(self._trained),
            charged=list(self._charged),
            weights=list(self._weights),
            recent=[list(each) for each in self._recent],
            pending=[
                [id, index, charge] for id, waiting in self._pending.items() for index, charge in waiting
            ],
            fingerprints=[pool.fingerprint for pool in self._pools],
        )

    def restore(self, state: MixState) -> None:
        """Go on from what `state` gave.

        Raises:
            ConfigError: it was given by a mix of other pools.
        """
        parts = (state.drawn, state.trained, state.charged, state.weights, state.recent, state.fingerprints)
        if any(len(part) != len(self._pools) for part in parts):
            raise ConfigError("the checkpoint's data cursor does not fit this recipe's data")
        for pool, before in zip(self._pools, state.fingerprints, strict=True):
            if pool.fingerprint != before:
                raise ConfigError(
                    f"the problems of {pool.name!r} are others than when the checkpoint was made: "
                    "import what it was made with, or begin anew with --fresh"
                )
        self._drawn, self._trained = list(state.drawn), list(state.trained)
        self._charged, self._weights = list(state.charged), list(state.weights)
        self._recent = [list(each) for each in state.recent]
        self._pending = {}
        for id, index, charge in state.pending:
            self._pending.setdefault(str(id), []).append((int(index), float(charge)))

    def _turn(self) -> int:
        """The pool that has been charged least for its weight."""
        charged = [
            (charge / weight, index)
            for index, (charge, weight) in enumerate(zip(self._charged, self._weights, strict=True))
            if weight > 0
        ]
        return min(charged)[1]

    def _rate(self, index: int) -> float:
        """The share of the pool's problems that are trained on, as far as is known."""
        settled, trained = self._recent[index]
        return (trained + PRIOR_PROBLEMS / 2) / (settled + PRIOR_PROBLEMS)

    def _cost_of_dropping(self, index: int) -> float:
        """0 for a pool above the least rate; below it, what makes its mean cost the least rate."""
        rate = self._rate(index)
        return max(0.0, LEAST_RATE - rate) / (1 - rate)

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
