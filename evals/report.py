"""A report: what one model scored on one benchmark, problem by problem."""

from collections.abc import Iterable
from dataclasses import dataclass

from evals.benchmark import Relation
from evals.rollout import Rollout
from evals.sampler import Sampling
from rewards.problem import Domain


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How one problem's samples came out."""

    problem_id: str
    level: str
    requested: int
    valid: int
    """Samples whose answer was judged; the rest are missing, which is not the same as wrong."""
    correct: int
    """Valid samples with verdict reward 1."""
    reward_sum: float
    """Sum of the verdict rewards of the valid samples."""
    truncated: int
    verifier: str = ""
    """Who judged, as `name@version`; empty where nothing was judged or it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One model on one benchmark."""

    benchmark: str
    version: str
    """`evals.benchmark.content_version` of the problems."""
    domain: Domain
    relation: Relation
    model: str
    """Which weights: a name and, for a checkpoint of a run, its step (`demo-1a2b3c4d@300`)."""
    sampling: Sampling
    tallies: tuple[Tally, ...]
    verifier: str
    """Name and version of the verifier, as `name@version`; empty where nothing was judged."""

    @property
    def valid_share(self) -> float:
        """Judged samples over requested samples, in [0, 1]."""
        requested = sum(tally.requested for tally in self.tallies)
        return sum(tally.valid for tally in self.tallies) / requested if requested else 0.0


def tally(problem_id: str, level: str, requested: int, rollouts: Iterable[Rollout]) -> Tally:
    """Count one problem's rollouts."""
    judged = [rollout for rollout in rollouts if rollout.verdict.judged]
    rewards = [rollout.verdict.reward or 0.0 for rollout in judged]
    return Tally(
        problem_id=problem_id,
        level=level,
        requested=requested,
        valid=len(judged),
        correct=sum(reward == 1.0 for reward in rewards),
        reward_sum=sum(rewards),
        truncated=sum(rollout.completion.truncated for rollout in judged),
        verifier="+".join(sorted({f"{each.verdict.verifier}@{each.verdict.version}" for each in judged})),
    )
