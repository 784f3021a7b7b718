"""From problems to groups worth training on: sample, grade, reward, keep or drop."""

import math
import statistics
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from evals.judging import judge
from evals.rollout import Rollout
from evals.sampler import Sampler, Sampling
from harness.config import RunConfig
from harness.curation import ProblemMix, has_signal
from harness.errors import TrainingError
from harness.group import Group
from harness.stopwatch import Stopwatch
from rewards.audit.radar import Alert, Limits, Observation, Radar
from rewards.grader import Grader
from rewards.rubric import Rubric


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """All groups drawn for one step."""

    kept: tuple[Group, ...]
    dropped: tuple[Group, ...]
    """Without signal, or beyond the batch; stored and counted, not trained on."""
    alerts: tuple[Alert, ...] = ()
    """What the radar says after this step."""
    mix: Mapping[str, float] = field(default_factory=dict)
    """Each source's share of all prompts trained on so far."""

    def metrics(self) -> dict[str, float]:
        """What the step's rollouts look like, before the filter."""
        rollouts = self.rollouts()
        rewards = sorted(rollout.reward for rollout in rollouts if rollout.reward is not None)
        lengths = [len(rollout.completion.token_ids) for rollout in rollouts]
        drawn = len(self.kept) + len(self.dropped)
        by_source: dict[str, list[float]] = defaultdict(list)
        for rollout in rollouts:
            if rollout.reward is not None:
                by_source[rollout.problem.source].append(rollout.reward)
        return {
            "reward_mean": statistics.fmean(rewards),
            "reward_p10": rewards[len(rewards) // 10],
            "reward_p90": rewards[-1 - len(rewards) // 10],
            "length_mean": statistics.fmean(lengths),
            "length_max": float(max(lengths)),
            "truncated_share": statistics.fmean(rollout.completion.truncated for rollout in rollouts),
            "groups_drawn": float(drawn),
            "groups_dropped_share": len(self.dropped) / drawn,
            "rollouts": float(len(rollouts)),
            "rollouts_ungraded": float(len(rollouts) - len(rewards)),
            **{f"mix/{name}": share for name, share in sorted(self.mix.items())},
        } | {f"reward/{source}": statistics.fmean(values) for source, values in sorted(by_source.items())}

    def rollouts(self) -> list[Rollout]:
        """Every rollout drawn, the kept groups' first."""
        return [rollout for group in self.kept + self.dropped for rollout in group.rollouts]


class Collector:
    """Draws groups for a step until enough of them carry a signal."""

    def __init__(self, *, config: RunConfig, mix: ProblemMix, sampler: Sampler, grader: Grader) -> None:
        """Collect as `config` says."""
        self._config = config
        self._mix = mix
        self._sampler = sampler
        self._grader = grader
        self._rubric = Rubric(
            thresholds=config.rewards.thresholds, truncated_factor=config.rewards.truncated_factor
        )
        self.radar = Radar(Limits(**config.radar.model_dump(exclude={"enabled", "hold"})))

    def collect(self, step: int, watch: Stopwatch) -> Collection:
        """The groups of one step.

        Raises:
            TrainingError: not one answer of the step could be judged.
        """
        wanted, dynamic = self._config.rollout.prompts, self._config.dynamic_sampling
        rounds = dynamic.max_rounds if dynamic.enabled else 1
        kept: list[Group] = []
        dropped: list[Group] = []
        for number in range(rounds):
            count = self._round_size(wanted, len(kept), len(dropped))
            for group in self._draw(count, seed=self._seed(step, number), watch=watch):
                informative = has_signal(group) or not dynamic.enabled
                (kept if informative and group.judged and len(kept) < wanted else dropped).append(group)
            if len(kept) >= wanted:
                break
        groups = kept + dropped
        if not any(group.judged for group in groups):
            raise TrainingError(f"step {step}: {self._why_unjudged(groups[0].rollouts[0])}")
        self._mix.settle((group.problem for group in kept), trained=True)
        self._mix.settle((group.problem for group in dropped), trained=False)
        alerts = self._watch(groups) if self._config.radar.enabled else []
        shares = self._mix.shares()
        return Collection(kept=tuple(kept), dropped=tuple(dropped), alerts=tuple(alerts), mix=shares)

    def _watch(self, groups: list[Group]) -> list[Alert]:
        """Show the radar what was judged, also what is held."""
        return self.radar.observe(
            Observation(
                problem=group.problem.id,
                domain=group.problem.domain,
                verdict=rollout.verdict,
                chars=len(rollout.completion.text),
            )
            for group in groups
            for rollout in group.rollouts
        )

    def _held(self, rollout: Rollout) -> bool:
        return self._config.radar.hold and rollout.verdict.verifier in self.radar.suspects

    def _why_unjudged(self, rollout: Rollout) -> str:
        verdict = rollout.verdict
        if self._held(rollout):
            return (
                f"the rewards of all its verifiers are held by the radar ({verdict.verifier} among them); "
                "`harness runs show` has the alerts. The run is safe: mend the verifier and run the same "
                "command again"
            )
        return (
            f"not one of its answers could be graded ({verdict.verifier}: {verdict.detail}). "
            "The run is safe: mend the grader and run the same command again"
        )

    def _round_size(self, wanted: int, kept: int, dropped: int) -> int:
        """As many problems as the share kept so far says are needed, a batch at most."""
        if not kept + dropped:
            dynamic = self._config.dynamic_sampling
            return math.ceil(wanted * dynamic.oversampling) if dynamic.enabled else wanted
        share = max(kept / (kept + dropped), 0.25)
        return min(wanted, math.ceil((wanted - kept) / share))

    def _seed(self, step: int, number: int) -> int:
        # Seeds are made from the place in the run and not carried along, so a resumed run draws the same.
        return (self._config.seed * 1_000_003 + step) * 101 + number

    def _draw(self, count: int, *, seed: int, watch: Stopwatch) -> list[Group]:
        problems = self._mix.draw(count)
        rollout = self._config.rollout
        sampling = Sampling(
            n=rollout.n,
            temperature=rollout.temperature,
            top_p=rollout.top_p,
            max_tokens=rollout.max_tokens,
            seed=seed,
        )
        with watch("sample"):
            completions = self._sampler.sample([problem.prompt for problem in problems], sampling)
        with watch("grade"):
            judged = judge(problems, completions, grader=self._grader, rubric=self._rubric)
        return [
            Group(
                problem=problem,
                rollouts=tuple(replace(each, reward=None) if self._held(each) else each for each in rollouts),
            )
            for problem, rollouts in zip(problems, judged, strict=True)
        ]
