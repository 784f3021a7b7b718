"""Problems, rollouts and submissions to keep, made from numbers."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from db.connection import connect
from db.store import Store
from evals.benchmark import Benchmark
from evals.rollout import Rollout
from evals.sampler import Completion, Sampling
from rewards.problem import Domain, Problem
from rewards.submission import Submission
from rewards.verdict import Outcome, Verdict

SAMPLING = Sampling(n=4, temperature=0.8, max_tokens=32, seed=7)
BENCHMARK = Benchmark(name="sums", source="reasoning_gym", options={"task": "chain_sum"}, count=3, seed=11)


def problem(number: int, domain: Domain = Domain.LOGIC) -> Problem:
    return Problem(
        domain=domain,
        prompt=f"What is {number} + 1?",
        verifier="scripted",
        reference={"answer": number + 1},
        source="test:sums",
        level=f"{number % 2}",
    )


def rollout(of: Problem, index: int, reward: float | None = 1.0, *, version: str = "1") -> Rollout:
    status = {None: Outcome.INFRA_ERROR, 0.0: Outcome.INCORRECT, 1.0: Outcome.CORRECT}
    return Rollout(
        problem=of,
        index=index,
        completion=Completion(text=f"It is {index}.", token_ids=(1, 2, 3), truncated=index % 2 == 1),
        verdict=Verdict(
            status=status.get(reward, Outcome.PARTIAL),
            reward=reward,
            extracted=str(index),
            detail={"said": index},
            verifier="scripted",
            version=version,
            wall_ms=1.5,
        ),
        reward=reward,
    )


def group(number: int, size: int = 4, domain: Domain = Domain.LOGIC) -> list[Rollout]:
    """Rollouts of one problem: wrong, right, half right, unjudged, and so on."""
    rewards = (0.0, 1.0, 0.1, None)
    return [rollout(problem(number, domain), index, rewards[index % 4]) for index in range(size)]


def submission(number: int) -> Submission:
    return Submission(
        id=f"row-{number}", verifier="scripted", response=f"\0 \ud800 {number}", reference={"answer": number}
    )


def verdict(reward: float = 1.0) -> Verdict:
    return rollout(problem(0), 0, reward).verdict


def begin_run(store: Store, run_id: str = "r") -> None:
    store.create_run(id=run_id, name="n", fingerprint="f", recipe={}, base_model="b", planned_steps=9)


def keep_step(store: Store, step: int, kept: Sequence[Rollout], run_id: str = "r") -> None:
    store.keep_step(run_id=run_id, step=step, metrics={}, timings={}, kept=kept, dropped=[])


def ask(url: str, query: str) -> list[tuple[Any, ...]]:
    """What a plain SQL shell would print."""
    database = connect(url, create=False)
    with database.reading() as connection:
        rows = [tuple(row) for row in connection.execute(text(query))]
    database.close()
    return rows
