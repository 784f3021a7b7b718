"""What one step drew, and the metrics of it."""

import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from evals.rollout import Rollout
from harness.group import Group
from rewards.audit.radar import Alert


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """All groups of one step."""

    kept: tuple[Group, ...]
    """To be trained on: those carried over first, then this step's."""
    dropped: tuple[Group, ...]
    """Without signal, or too old; stored and counted, not trained on."""
    carried: tuple[Group, ...] = ()
    """Drawn in this step, or held already, for the next: stored with the step that ends their way."""
    fresh: tuple[Group, ...] = ()
    """All that was drawn in this step, whatever became of it."""
    wanted: int = 0
    rested: int = 0
    """Prompts that were passed over this time because they never gave a signal."""
    alerts: tuple[Alert, ...] = ()
    """What the radar says after this step."""
    mix: Mapping[str, float] = field(default_factory=dict)
    """Each source's share of all prompts trained on so far."""

    @property
    def missing(self) -> int:
        """Groups that the batch is short of."""
        return max(0, self.wanted - len(self.kept))

    def shortage(self) -> dict[str, int]:
        """What an event says of a batch that is short."""
        return {"wanted": self.wanted, "kept": len(self.kept), "drawn": len(self.fresh)}

    def metrics(self) -> dict[str, float]:
        """What the step's rollouts look like, before the filter."""
        looked = self._looked_at()
        stored = self.rollouts()
        rewards = sorted(rollout.reward for rollout in looked if rollout.reward is not None)
        lengths = [len(rollout.completion.token_ids) for rollout in looked]
        by_source: dict[str, list[float]] = defaultdict(list)
        for rollout in looked:
            if rollout.reward is not None:
                by_source[rollout.problem.source].append(rollout.reward)
        return {
            "reward_mean": statistics.fmean(rewards),
            "verdict_reward_mean": statistics.fmean(
                each.verdict.reward for each in looked if each.verdict.reward is not None
            ),
            "reward_p10": rewards[len(rewards) // 10],
            "reward_p90": rewards[-1 - len(rewards) // 10],
            "length_mean": statistics.fmean(lengths),
            "length_max": float(max(lengths)),
            "truncated_share": statistics.fmean(rollout.completion.truncated for rollout in looked),
            "groups_drawn": float(len(self.fresh)),
            "groups_dropped_share": len(self.dropped) / max(1, len(self.kept) + len(self.dropped)),
            "groups_carried": float(len(self.carried)),
            "groups_missing": float(self.missing),
            "prompts_rested": float(self.rested),
            "weight_max": max((group.weight for group in self.kept), default=1.0),
            "groups_expired": float(self.expired),
            "useful_share": self.useful / max(1, len(self.fresh)),
            "rollouts": float(len(stored)),
            "rollouts_ungraded": float(sum(rollout.reward is None for rollout in stored)),
            **{f"mix/{name}": share for name, share in sorted(self.mix.items())},
        } | {f"reward/{source}": statistics.fmean(values) for source, values in sorted(by_source.items())}

    def _looked_at(self) -> list[Rollout]:
        """This step's rollouts; where none of them was judged, those of the groups carried here."""
        drawn, held = _rollouts(self.fresh), _rollouts(self.kept + self.dropped + self.carried)
        return drawn if any(each.reward is not None for each in drawn) else held

    def rollouts(self) -> list[Rollout]:
        """Every rollout whose way ends with this step, the kept groups' first."""
        return _rollouts(self.kept + self.dropped)

    def verdict_seconds(self) -> dict[str, float]:
        """50th, 95th and 99th percentile of what judging one answer took, by verifier."""
        by_verifier: dict[str, list[float]] = defaultdict(list)
        for rollout in _rollouts(self.fresh):
            by_verifier[rollout.verdict.verifier].append(rollout.verdict.wall_ms / 1000)
        return {
            f"verdict/{verifier}/p{percent}": float(np.percentile(seconds, percent))
            for verifier, seconds in sorted(by_verifier.items())
            for percent in (50, 95, 99)
        }

    @property
    def useful(self) -> int:
        """Groups of this step that were used or carried."""
        taken = {id(group) for group in self.kept + self.carried}
        return sum(id(group) in taken for group in self.fresh)

    @property
    def expired(self) -> int:
        """Groups that were carried here in vain."""
        drawn = {id(group) for group in self.fresh}
        return sum(id(group) not in drawn for group in self.dropped)


def _rollouts(groups: Sequence[Group]) -> list[Rollout]:
    return [rollout for group in groups for rollout in group.rollouts]
