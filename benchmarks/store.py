"""How fast the store keeps rollouts and answers the page, on a database as large as asked for.

`python benchmarks/store.py [--rollouts 600000] [--url sqlite:///PATH]` prints one line a measurement.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable

from db.records import SampleFilter
from db.store import Store, open_store
from evals.benchmark import Benchmark
from evals.rollout import Rollout
from evals.sampler import Completion, Sampling
from rewards.problem import Domain, Problem
from rewards.verdict import Outcome, Verdict

STEP_ROLLOUTS = 1536
GROUP = 16
EVALUATION_PROBLEMS = 100
EVALUATION_SAMPLES = 128
OUTCOMES = (Outcome.CORRECT, Outcome.INCORRECT, Outcome.NO_ANSWER)
RUN = "bench"


def main() -> None:
    """Fill a database, then ask it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rollouts", type=int, default=600_000)
    arguments.add_argument("--url", help="a database to fill; else a temporary SQLite file")
    given = arguments.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(given.url or f"sqlite:///{folder}/bench.db") as store,
    ):
        steps = given.rollouts // STEP_ROLLOUTS
        _fill(store, steps)
        _ask(store, steps)


def _fill(store: Store, steps: int) -> None:
    store.create_run(id=RUN, name=RUN, fingerprint="", recipe={}, base_model="none", planned_steps=steps)
    wall_seconds = cpu_seconds = 0.0
    for step in range(1, steps + 1):
        rollouts = _rollouts(step)
        wall, cpu = time.perf_counter(), time.process_time()
        store.keep_step(
            run_id=RUN, step=step, metrics={"reward_mean": 0.5}, timings={}, kept=rollouts, dropped=()
        )
        wall_seconds += time.perf_counter() - wall
        cpu_seconds += time.process_time() - cpu
    kept = steps * STEP_ROLLOUTS
    _print(f"keep_step, {steps} of {STEP_ROLLOUTS}", f"{kept / wall_seconds:,.0f} rollouts/s of wall time")
    _print("", f"{kept / cpu_seconds:,.0f} rollouts/s of this process's CPU time")


def _ask(store: Store, steps: int) -> None:
    benchmark = Benchmark(name="bench", source="none", count=EVALUATION_PROBLEMS, seed=0)
    sampling = Sampling(n=EVALUATION_SAMPLES)
    state = store.begin_evaluation(
        model=RUN, run_id=RUN, step=steps, benchmark=benchmark, version="0", sampling=sampling
    )
    for number in range(EVALUATION_PROBLEMS):
        store.keep_evaluation_rollouts(state.id, _group(-number, EVALUATION_SAMPLES))
    questions: dict[str, Callable[[], object]] = {
        "counts": lambda: store.counts(RUN),
        "outcomes": lambda: store.outcomes(RUN),
        "steps": lambda: store.steps(RUN),
        "tallies": lambda: store.tallies(state.id),
        "samples of the run": lambda: store.list_samples(SampleFilter(run_id=RUN)),
        "samples, far on": lambda: store.list_samples(
            SampleFilter(run_id=RUN), after=steps * STEP_ROLLOUTS // 2
        ),
        "samples of a step": lambda: store.list_samples(SampleFilter(run_id=RUN, step=steps)),
        "samples by a rare status": lambda: store.list_samples(
            SampleFilter(run_id=RUN, status=Outcome.UNSAFE)
        ),
        "samples of a benchmark": lambda: store.list_samples(SampleFilter(benchmark=benchmark.name)),
        "the same by status": lambda: store.list_samples(
            SampleFilter(benchmark=benchmark.name, status=Outcome.CORRECT)
        ),
        "one sample": lambda: store.get_sample(steps * STEP_ROLLOUTS // 2),
    }
    for name, question in questions.items():
        spent = sorted(_spent(question) for _ in range(5))
        _print(name, f"{spent[2][0]:7.1f} ms wall, {spent[2][1]:7.1f} ms CPU (median of 5)")
    wall, _ = _spent(lambda: store.rewind_run(RUN, steps - 10))
    _print("rewind by 10 steps", f"{wall:7.1f} ms wall")


def _spent(question: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of wall time and of this process's CPU time."""
    wall, cpu = time.perf_counter(), time.process_time()
    question()
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)


def _rollouts(step: int) -> list[Rollout]:
    groups = STEP_ROLLOUTS // GROUP
    return [rollout for number in range(groups) for rollout in _group(step * groups + number, GROUP)]


def _group(number: int, size: int) -> list[Rollout]:
    chance = random.Random(number)
    domain = list(Domain)[number % len(Domain)]
    problem = Problem(
        domain=domain, prompt=f"{number} " * 30, verifier="none", reference={"answer": number}, source="bench"
    )
    return [
        Rollout(
            problem=problem,
            index=index,
            completion=Completion(text=f"{chance.random()} " * 10, token_ids=(0,) * 48),
            verdict=(verdict := _verdict(chance)),
            reward=verdict.reward,
        )
        for index in range(size)
    ]


def _verdict(chance: random.Random) -> Verdict:
    status = Outcome.UNSAFE if chance.random() < 1e-4 else chance.choice(OUTCOMES)
    return Verdict(
        status=status,
        reward=float(status is Outcome.CORRECT),
        extracted="42",
        detail="read from the last line",
        verifier="none",
        version="1",
        wall_ms=1.0,
    )


def _print(name: str, value: str) -> None:
    print(f"{name:28} {value}", flush=True)  # noqa: T201 - what this script is for


if __name__ == "__main__":
    main()
