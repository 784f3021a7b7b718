"""Reports, a run and samples that look like a demo's, made from a seed; and the site they make.

python -m tests.evals.leaderboard.made_up DIR
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from evals.benchmark import Relation
from evals.boundary import Boundary, classify
from evals.leaderboard.export import Site, render_site
from evals.leaderboard.views import EventView, RunSummary, RunView, SampleView, StepView
from evals.report import Report, Tally
from evals.sampler import Sampling
from rewards.problem import Domain
from rewards.verdict import Outcome, Verdict

RUN = "demo-1a2b3c4d"
MODELS = (f"{RUN}@0", f"{RUN}@200", f"{RUN}@400")
BENCHMARKS = (
    ("spell-backward", Domain.LOGIC, Relation.TRAINED, (-0.8, 0.6, 1.9)),
    ("chain-sum", Domain.LOGIC, Relation.TRAINED, (-2.4, -1.9, -1.5)),
    ("spell-backward-long", Domain.LOGIC, Relation.HARDER, (-3.0, -2.4, -1.0)),
    ("letter-counting", Domain.LOGIC, Relation.UNSEEN, (-1.5, -1.4, -1.9)),
    ("starter-math", Domain.MATH, Relation.UNSEEN, (-4.5, -4.4, -4.2)),
)


def report(
    model: str = MODELS[0],
    benchmark: str = "spell-backward",
    *,
    problems: int = 64,
    n: int = 256,
    shift: float = 0.0,
    missing: int = 0,
    domain: Domain = Domain.LOGIC,
    relation: Relation = Relation.TRAINED,
) -> Report:
    """A report whose problems' difficulties depend on the benchmark's name alone."""
    generator = np.random.default_rng(sum(map(ord, benchmark)))
    shares = 1 / (1 + np.exp(-(generator.normal(0.0, 2.0, problems) + shift)))
    draws = generator.binomial(n - missing, shares)
    return Report(
        benchmark=benchmark,
        version="5f2c81a90b3e",
        domain=domain,
        relation=relation,
        model=model,
        sampling=Sampling(n=n, temperature=1.0, max_tokens=48),
        tallies=tuple(
            Tally(
                problem_id=f"{index:032x}",
                level="",
                requested=n,
                valid=n - missing,
                correct=int(correct),
                reward_sum=float(correct) + 0.2 * (n - missing - int(correct)),
                truncated=0,
            )
            for index, correct in enumerate(draws)
        ),
        verifier="puzzle@1",
    )


def reports() -> list[Report]:
    """Three checkpoints on five benchmarks; the last benchmark lacks some verdicts at one of them."""
    return [
        report(
            model,
            name,
            shift=shifts[at],
            domain=domain,
            relation=relation,
            missing=6 if name == "starter-math" and at == 1 else 0,
        )
        for at, model in enumerate(MODELS)
        for name, domain, relation, shifts in BENCHMARKS
    ]


def boundaries() -> list[Boundary]:
    """What the reports say of each benchmark."""
    by_name = {(each.benchmark, each.model): each for each in reports()}
    return [classify(*(by_name[name, model] for model in MODELS), k=128) for name, *_ in BENCHMARKS]


def run(steps: int = 400) -> RunView:
    """A run with two resets and three evaluations."""
    generator = np.random.default_rng(1)
    views = []
    for step in range(1, steps + 1):
        reward = 0.41 + 0.34 * step / steps + float(generator.normal(0, 0.03))
        since_reset = step % 150
        views.append(
            StepView(
                step=step,
                metrics={
                    "reward_mean": reward,
                    "reward_p10": 0.0,
                    "reward_p90": 1.0,
                    "reward/reasoning_gym:spell_backward": reward + 0.1,
                    "reward/reasoning_gym:chain_sum": reward - 0.2,
                    "reward/starter:code": 0.02,
                    "entropy": 0.9 - 0.2 * step / steps + float(generator.normal(0, 0.02)),
                    "kl_ref": 0.0004 * since_reset + float(generator.exponential(0.002)),
                    "length_mean": 14 + float(generator.normal(0, 0.5)),
                    "length_max": 48.0,
                    "truncated_share": max(0.0, 0.03 + float(generator.normal(0, 0.01))),
                    "clip_low_share": float(generator.exponential(0.002)),
                    "clip_high_share": float(generator.exponential(0.004)),
                    "groups_drawn": 20.0,
                    "groups_dropped_share": float(generator.uniform(0.1, 0.4)),
                    "rollouts": 320.0,
                    "rollouts_ungraded": float(step % 97 == 0),
                    "loss": float(generator.normal(0, 0.01)),
                    "grad_norm": float(generator.lognormal(-1, 0.4)) if step % 50 else None,
                    "learning_rate": 2e-4,
                },
                timings={
                    "sample": 0.4 + float(generator.exponential(0.05)),
                    "grade": 0.1,
                    "update": 0.25 + float(generator.exponential(0.02)),
                },
            )
        )
    return RunView(
        summary=RunSummary(
            id=RUN,
            name="demo",
            status="finished",
            step=steps,
            steps=steps,
            reward_mean=views[-1].metrics["reward_mean"] if views else None,
            started="2026-11-23 11:50",
            updated="2026-11-23 11:56",
        ),
        recipe={
            "name": "demo",
            "steps": steps,
            "loss": {"clip_low": 0.2, "clip_high": 0.4, "kl_coefficient": 1e-4},
            "data": [{"source": "reasoning_gym", "options": {"task": "spell_backward"}, "weight": 2.0}],
            "evaluation": {"at": [0.0, 0.5, 1.0], "samples": 256},
        },
        steps=tuple(views),
        events=tuple(
            EventView(step=step, kind=kind, detail=detail)
            for step, kind, detail in (
                (0, "checkpoint", {"model": "step-0"}),
                (0, "evaluation", "5 benchmarks"),
                (150, "reset", {"trigger": "interval", "optimizer": "cleared", "kl_ref": 0.0612345}),
                (200, "checkpoint", {"model": "step-200"}),
                (200, "evaluation", None),
                (300, "reset", {"trigger": "interval", "optimizer": "cleared", "kl_ref": 0.0598}),
                (400, "evaluation", "5 benchmarks"),
            )
            if step <= steps
        ),
        outcomes={
            "logic": {"correct": 70_123, "partial": 21_456, "incorrect": 30_999, "no_answer": 411},
            "code": {"incorrect": 2_044, "no_answer": 812, "timeout": 12, "infra_error": 3},
        },
    )


def sample(number: int = 0) -> SampleView:
    """One of many samples: of training and measuring by turns, with every status among them."""
    outcome = list(Outcome)[number % len(Outcome)]
    judged = outcome not in (Outcome.INFRA_ERROR, Outcome.INVALID_ROW)
    reward = {Outcome.CORRECT: 1.0, Outcome.PARTIAL: 0.4}.get(outcome, 0.0) if judged else None
    verdict = Verdict(
        status=outcome,
        reward=reward,
        extracted="drawkcab" if judged else None,
        detail={"score": reward, "dataset": "spell_backward"} if judged else "worker ended: exit code 137",
        verifier="puzzle",
        version="1",
        wall_ms=1.234,
    )
    whence = SampleView(
        id=str(number + 1),
        problem_id=f"{number // 4:032x}",
        domain=Domain.LOGIC,
        source="reasoning_gym:spell_backward",
        level="6-8",
        index=number % 4,
        prompt="Spell this word backward (example: sun -> nus): backward",
        completion="The word is b-a-c-k-w-a-r-d.\nReversed: <answer>drawkcab</answer>",
        tokens=23,
        truncated=number % 5 == 0,
        reference={"dataset": "spell_backward", "entry": {"answer": "drawkcab"}},
        reward=reward,
        verdicts=(verdict, replace(verdict, version="0")) if number % 3 == 0 else (verdict,),
    )
    if number % 2:
        return replace(whence, run=RUN, step=1 + number // 16)
    return replace(whence, model=MODELS[number % 3], benchmark=BENCHMARKS[number % 5][0])


def site(samples: int = 120) -> Site:
    """All of it."""
    return Site(
        reports=reports(),
        boundaries=boundaries(),
        runs=[run()],
        samples=[sample(number) for number in range(samples)],
    )


def main() -> None:
    """Write the site to a folder, to be looked at."""
    root = Path(sys.argv[1])
    for path, content in render_site(site()):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)


if __name__ == "__main__":
    main()
