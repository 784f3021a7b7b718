"""What share of the generated samples a trainer gets to use, where 59 % of the groups carry no signal.

`python -m benchmarks.useful_samples [--epochs 30]` draws steps of 64 groups of 16 answers from 2,000 made-up
prompts by batch refill and by the harness's own collector with a recipe's defaults, and prints the share of
samples that were used or carried. Batch refill draws rounds of the batch's size until it is full, and loses
the dead groups alone (`refill`) or what is beyond the batch too (`whole rounds`). Ours is shown for its first
twentieth, where nothing is known of the prompts, its second half, and whole. `weights` is Kish's effective
share of the kept groups: what their unequal weights leave of them.

Two pools have the 59 % that BroRL reports (arXiv 2510.01180, Table 2: 41 % of groups pass at 16 samples):

- `dead for good`: failing prompts can mostly never, or always, be solved; other pass rates are Beta(2, 2);
- `U-shaped`: pass rates are Beta(0.175, 0.175), so that many prompts give a signal now and then (68 % would
  at 512 samples; BroRL saw 62 %). Sixteen answers do not tell those from dead ones, and less can be saved.
"""

import argparse
import random
import statistics
from collections.abc import Callable, Sequence

from harness.collected import Collection
from harness.collection import Collector
from harness.config import RunConfig
from harness.curation import Pool, ProblemMix
from harness.engines.scripted import ScriptedEngine
from harness.recipe import parse_recipe
from harness.stopwatch import Stopwatch
from rewards.grader import LocalGrader
from rewards.problem import Domain, Problem

PROMPTS, GROUP, POOL = 64, 16, 2_000
Rates = Callable[[random.Random], float]


def dead_for_good(chance: random.Random) -> float:
    """A pass rate; 57.5 % are 0 or 1, and 3.5 % of the other groups happen to be alike."""
    return float(chance.random() < 0.5) if chance.random() < 0.575 else chance.betavariate(2, 2)


def u_shaped(chance: random.Random) -> float:
    """A pass rate such that 58 % of groups of 16 are alike."""
    return chance.betavariate(0.175, 0.175)


def main() -> None:
    """Measure both ways on both pools."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    print(  # noqa: T201 - what it is for
        f"{'pool':15}{'dead':>7}{'refill':>8}{'whole rounds':>14} | ours:"
        f"{'first':>7}{'2nd half':>10}{'all':>7}{'weights':>9}"
    )
    for name, rates in (("dead for good", dead_for_good), ("U-shaped", u_shaped)):
        chance = random.Random(arguments.seed)
        pool = [rates(chance) for _ in range(POOL)]
        refill, dead = batch_refill(
            pool, random.Random(arguments.seed), rounds=arguments.epochs * POOL // PROMPTS
        )
        steps = collected(pool, seed=arguments.seed, samples=arguments.epochs * POOL)
        first = steps[: max(1, len(steps) // 20)]
        half = steps[len(steps) // 2 :]
        print(  # noqa: T201
            f"{name:15}{dead:7.1%}{1 - dead:8.1%}{refill:14.1%} |      {share(first):7.1%}{share(half):10.1%}"
            f"{share(steps):7.1%}{effective(steps):9.2f}"
        )


def batch_refill(pool: Sequence[float], chance: random.Random, *, rounds: int) -> tuple[float, float]:
    """Draw whole rounds of the batch's size until it is full; the share of groups used, and of dead ones."""
    used = kept = dead = 0
    for _ in range(rounds):
        signals = 0
        for _ in range(PROMPTS):
            rate = chance.choice(pool)
            solved = sum(chance.random() < rate for _ in range(GROUP))
            signals += 0 < solved < GROUP
        dead += PROMPTS - signals
        taken = min(signals, PROMPTS - kept)
        used, kept = used + taken, (kept + taken) % PROMPTS
    return used / (rounds * PROMPTS), dead / (rounds * PROMPTS)


def collected(pool: Sequence[float], *, seed: int, samples: int) -> list[Collection]:
    """The steps that our collector makes of this pool, until every prompt's turn came so often."""
    problems = tuple(
        Problem(
            domain=Domain.LOGIC,
            prompt=f"{number}:{rate}",
            verifier="scripted",
            reference={"answer": "right"},
            source="simulator",
        )
        for number, rate in enumerate(pool)
    )
    mix = ProblemMix([Pool(problems=problems, weight=1)], seed=seed)
    engine = ScriptedEngine(script=answer, batch_rows=PROMPTS * GROUP)
    steps: list[Collection] = []
    with LocalGrader(sandbox="scripted") as grader:
        collector = Collector(config=recipe(seed), mix=mix, engine=engine, grader=grader)
        while sum(len(step.fresh) + step.rested for step in steps) < samples:
            steps.append(collector.collect(len(steps) + 1, Stopwatch()))
    return steps


def answer(prompt: str, luck: float) -> str:
    """Right as often as the prompt's rate says."""
    return "right" if luck < float(prompt.partition(":")[2]) else "wrong"


def recipe(seed: int) -> RunConfig:
    """The defaults of a recipe, with this simulator's sizes."""
    return parse_recipe(
        {
            "name": "simulator",
            "steps": 10**9,
            "seed": seed,
            "model": {"name": "scripted"},
            "data": [{"source": "scripted"}],
            "rollout": {"n": GROUP, "prompts": PROMPTS},
            "radar": {"enabled": False},
        }
    )


def share(steps: Sequence[Collection]) -> float:
    """Samples used or carried, of those generated; what was carried in vain is taken off."""
    return sum(step.useful - step.expired for step in steps) / sum(len(step.fresh) for step in steps)


def effective(steps: Sequence[Collection]) -> float:
    """How many equally weighted groups the kept ones are worth, as a share of them (Kish 1965)."""
    weights = [group.weight for step in steps for group in step.kept]
    return statistics.fmean(weights) ** 2 / statistics.fmean(weight**2 for weight in weights)


if __name__ == "__main__":
    main()
