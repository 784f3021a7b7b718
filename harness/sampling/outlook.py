"""What is known of each prompt's chance to give a signal, and how often to look at those that give none.

Every prompt has a Beta posterior over the rate at which its answers miss their usual reward; for rewards of 0
and 1 that is its pass rate, seen from its likelier side. How often such predictions came true for prompts
that never gave a signal corrects them, since pools differ in how many prompts are out of reach for good.

A prompt all of whose answers were alike, time after time, is visited with a chance below 1, and what it then
gives weighs as much more: over the visits that are made or not, every prompt has the weight that it has where
all are visited (Horvitz and Thompson 1952).

Not covered: which source the prompts come from (`harness.curation`).
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

PRIOR: Final = 0.175
"""Both parameters of the Beta prior. Of prompts drawn from it, 42 % give a signal at 16 samples and 68 % at
512; BroRL (arXiv 2510.01180, Table 2) saw 41 % and 62 %."""
KEPT_EACH_VISIT: Final = 0.8
"""Share of the older evidence that a visit leaves: the policy changes."""
KEPT_EACH_STEP: Final = 0.8
"""The same for the share of groups with a signal."""
KEPT_CORRECTION: Final = 0.95
"""The same for how often predictions came true."""
DOUBT: Final = 2.0
"""Signals, predicted and seen, that are taken for granted before there are any."""
LEAST_RATE: Final = 0.05


class Outlook:
    """Posteriors of all prompts seen, and the share of groups that had a signal of late."""

    def __init__(self, *, n: int, recheck: float, seed: int) -> None:
        """Expect nothing in particular.

        Args:
            n: answers a group.
            recheck: the least chance that a prompt is visited, in (0, 1]; 1 visits all always.
            seed: of the chance.
        """
        self.n = n
        """Answers a group, from now on."""
        self._recheck = recheck
        self._seed = seed
        self._seen: dict[str, tuple[float, float]] = {}
        """By problem id: answers of the usual reward, and others."""
        self._signals = self._groups = 1.0
        self._predicted = self._came = DOUBT
        """Signals of prompts that had given none: predicted, and come true."""
        self._rolls = 0

    def signal_chance(self, problem_id: str) -> float:
        """The predictive probability that the prompt's next n rewards are not all equal."""
        usual, other = self._seen.get(problem_id, (0.0, 0.0))
        if not usual:  # unseen, a prompt may turn out alike in two ways: all right or all wrong
            return 1 - 2 * self._chance_alike(0.0, 0.0)
        chance = 1 - self._chance_alike(usual, other)
        return chance * min(1.0, self._came / self._predicted) if not other else chance

    def visit_chance(self, problem_id: str) -> float:
        """How likely the prompt is to be drawn when its turn comes: less the less signal it promises."""
        if problem_id not in self._seen:
            return 1.0
        fresh = 1 - 2 * self._chance_alike(0.0, 0.0)
        return max(self._recheck, min(1.0, self.signal_chance(problem_id) / fresh))

    def roll(self, problem_id: str) -> bool:
        """Whether the prompt is drawn now that its turn has come."""
        chance = self.visit_chance(problem_id)
        self._rolls += 1
        return random.Random(f"{self._seed}:visit:{self._rolls}").random() < chance

    def rate(self, signals: int = 0, groups: int = 0) -> float:
        """The share of groups with a signal to reckon with, given what the step under way has shown."""
        return max(LEAST_RATE, (self._signals + signals) / (self._groups + groups))

    def end_step(self, groups: Sequence[tuple[str, Sequence[float], bool]]) -> None:
        """Learn from a step's groups: problem id, judged rewards, and whether they carry a signal."""
        self._signals = 1 + KEPT_EACH_STEP * (self._signals - 1) + sum(signal for *_, signal in groups)
        self._groups = 1 + KEPT_EACH_STEP * (self._groups - 1) + len(groups)
        self._predicted = DOUBT + KEPT_CORRECTION * (self._predicted - DOUBT)
        self._came = DOUBT + KEPT_CORRECTION * (self._came - DOUBT)
        for problem_id, _, signal in groups:
            usual, other = self._seen.get(problem_id, (0.0, 0.0))
            if usual and not other:
                self._predicted += 1 - self._chance_alike(usual, other)
                self._came += signal
        for problem_id, rewards, _ in groups:
            if rewards:
                usual = Counter(round(reward, 6) for reward in rewards).most_common(1)[0][1]
                before = self._seen.get(problem_id, (0.0, 0.0))
                self._seen[problem_id] = (
                    KEPT_EACH_VISIT * before[0] + usual,
                    KEPT_EACH_VISIT * before[1] + len(rewards) - usual,
                )

    def state(self) -> dict[str, Any]:
        """All that was learned, as JSON values."""
        return {
            "seen": self._seen,
            "signals": self._signals,
            "groups": self._groups,
            "predicted": self._predicted,
            "came": self._came,
            "rolls": self._rolls,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` gave."""
        self._seen = {key: (usual, other) for key, (usual, other) in state["seen"].items()}
        self._signals, self._groups = state["signals"], state["groups"]
        self._predicted, self._came, self._rolls = state["predicted"], state["came"], state["rolls"]

    def _chance_alike(self, usual: float, other: float) -> float:
        """Beta-binomial probability that n more answers all have the usual reward."""
        chance = 1.0
        for drawn in range(self.n):
            chance *= (PRIOR + usual + drawn) / (2 * PRIOR + usual + other + drawn)
        return chance
