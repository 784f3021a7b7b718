"""One step's drawing: groups are started as room comes free, until enough of them promise a signal.

Which groups are started follows from the verdicts of those before, and when from the tokens drawn, never from
the clock: at each pull, those groups count that were whole at the pull before, and their verdicts are waited
for.
All that is started is drawn to its end, so that short answers and quick verifiers are not preferred.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from evals.rollout import Rollout
from harness.engines.port import Finished, Request
from harness.group import Group
from harness.sampling.desk import GradingDesk, Ticket
from harness.sampling.outlook import Outlook
from rewards.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a step needs."""

    step: int
    seed: int
    n: int
    """Answers a group."""
    wanted: int
    """Groups still missing."""
    margin: float
    """Groups to reckon with beyond those, as spares."""
    most: int
    """Groups to start at most."""
    any_group: bool
    """Whether groups without signal are as good as others."""


@dataclass(slots=True, eq=False)
class _Started:
    problem: Problem
    weight: float
    tickets: list[Ticket] = field(default_factory=list)


class Drawing:
    """The groups of one step under way. `pull` and `take` are what an engine's stream is given and gives."""

    def __init__(
        self,
        plan: Plan,
        *,
        choose: Callable[[], tuple[Problem, float]],
        judged: Callable[[Ticket], Rollout],
        outlook: Outlook,
        desk: GradingDesk,
    ) -> None:
        """Draw by `plan`.

        Args:
            plan: what is needed.
            choose: gives the next prompt and its weight.
            judged: makes a rollout of a completion with its verdict.
            outlook: knows the share of groups with a signal.
            desk: grades.
        """
        self._plan = plan
        self._choose = choose
        self._judged = judged
        self._outlook = outlook
        self._desk = desk
        self._started: list[_Started] = []
        self._whole: list[int] = []
        """Keys of the groups whose last completion is drawn, in that order."""
        self._counted = 0
        """How many of those the next pull looks at."""
        self._signals: dict[int, bool] = {}

    def pull(self, rows: int) -> list[Request]:
        """The prompts to be drawn next, where there is room for so many completions."""
        idle = len(self._whole) == len(self._started)
        due = self._whole if idle else self._whole[: self._counted]
        self._counted = len(self._whole)
        self._look_at(due)
        count = min(self._missing(idle), math.ceil(rows / self._plan.n), self._plan.most - len(self._started))
        return [self._start() for _ in range(count)]

    def take(self, finished: Finished) -> None:
        """Have one completion judged."""
        started = self._started[finished.key]
        ticket = Ticket(started.problem, finished.index, finished.completion)
        started.tickets.append(ticket)
        if len(started.tickets) == self._plan.n:
            self._whole.append(finished.key)
        self._desk.hand_in(ticket)

    def groups(self) -> list[Group]:
        """All groups, in the order in which they were started, once all are judged."""
        self._look_at(self._whole)
        return [self._group(key) for key in range(len(self._started))]

    def _look_at(self, keys: Sequence[int]) -> None:
        new = [key for key in keys if key not in self._signals]
        tickets = [ticket for key in new for ticket in self._started[key].tickets]
        if tickets:
            self._desk.wait(lambda: all(ticket.verdict is not None for ticket in tickets))
        for key in new:
            group = self._group(key)
            self._signals[key] = bool(group.judged) and (self._plan.any_group or group.has_signal)

    def _missing(self, idle: bool) -> int:
        """How many more to start, by the share of signals so far; spares only while others are drawn."""
        signals, groups = sum(self._signals.values()), len(self._signals)
        rate = 1.0 if self._plan.any_group else self._outlook.rate(signals, groups)
        target = self._plan.wanted + (0.0 if idle and groups else self._plan.margin)
        need = target - signals - rate * (len(self._started) - groups)
        # With others under way, less than one missing group is not worth drawing one alone.
        return max(0, math.ceil(need / rate)) if idle or need >= 1 else 0

    def _start(self) -> Request:
        problem, weight = self._choose()
        key = len(self._started)
        self._started.append(_Started(problem, weight))
        return Request(key=key, prompt=problem.prompt, stream=f"{self._plan.seed}:{self._plan.step}:{key}")

    def _group(self, key: int) -> Group:
        started = self._started[key]
        return Group(
            problem=started.problem,
            rollouts=tuple(
                self._judged(each) for each in sorted(started.tickets, key=lambda each: each.index)
            ),
            version=self._plan.step - 1,
            weight=started.weight,
        )
