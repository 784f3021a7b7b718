"""Measure one model on one benchmark: sample every problem many times, grade, keep, count.

Does not cover where rollouts are kept (the store's verb comes in as `keep`) nor which checkpoint
is measured when.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from evals.benchmark import Benchmark, content_version
from evals.errors import EvalError
from evals.judging import judge
from evals.report import Report, Tally, tally
from evals.rollout import Rollout
from evals.sampler import Completion, Sampler, Sampling
from rewards.grader import Grader
from rewards.problem import Problem
from rewards.rubric import Rubric

CHUNK_COMPLETIONS = 512
"""How many completions are graded and kept at once; what a kill can lose."""

Keep = Callable[[Sequence[Rollout]], object]
"""Keeps the rollouts of some problems; each problem's come together, in one call."""


def evaluate(  # noqa: PLR0913  (the ways out of this floor are arguments, each named by the caller)
    benchmark: Benchmark,
    *,
    sampler: Sampler,
    grader: Grader,
    sampling: Sampling,
    model: str,
    keep: Keep,
    done: Iterable[Tally] = (),
    on_progress: Callable[[int], object] = lambda _: None,
) -> Report:
    """Draw `sampling.n` completions of every problem, have them judged and count.

    Each problem has a seed of its own, so that the result depends neither on chunks nor on what
    was done before.

    Args:
        benchmark: what is asked.
        sampler: the model.
        grader: the judge.
        sampling: how many completions a problem and how they are drawn.
        model: which weights, for the report.
        keep: called with the rollouts of every chunk of problems, before they count as done.
        done: tallies of problems that an earlier, killed call kept; they are not sampled again.
        on_progress: called with the completions judged so far, those done before included.

    Raises:
        EvalError: the problems cannot be had or measured so, or sampler or grader broke its contract.
        GradingError: the grader cannot be reached. What was kept is safe.
    """
    problems = list({problem.id: problem for problem in benchmark.problems()}.values())
    _check(benchmark, problems, sampling)
    tallies = {each.problem_id: each for each in done if each.requested == sampling.n}
    open_problems = [problem for problem in problems if problem.id not in tallies]
    judged = (len(problems) - len(open_problems)) * sampling.n
    on_progress(judged)
    for chunk in _chunks(open_problems, max(1, CHUNK_COMPLETIONS // sampling.n)):
        drawn = [_draw(problem, sampler, sampling) for problem in chunk]
        rollouts = judge(chunk, drawn, grader=grader, rubric=Rubric())
        keep([rollout for group in rollouts for rollout in group])
        for problem, group in zip(chunk, rollouts, strict=True):
            tallies[problem.id] = tally(problem.id, problem.level, sampling.n, group)
        judged += len(chunk) * sampling.n
        on_progress(judged)
    ordered = tuple(tallies[problem.id] for problem in problems)
    return _report(benchmark, problems, ordered, model=model, sampling=sampling)


def problem_seed(seed: int, problem_id: str) -> int:
    """The seed of one problem's completions, in [0, 2**31)."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{problem_id}".encode()).digest()[:4]) >> 1


def _draw(problem: Problem, sampler: Sampler, sampling: Sampling) -> list[Completion]:
    """One problem's completions; alone in its call, since a sampler's seed holds for a whole call."""
    own = replace(sampling, seed=problem_seed(sampling.seed, problem.id))
    groups = sampler.sample([problem.prompt], own)
    if len(groups) != 1 or len(groups[0]) != sampling.n:
        counts = [len(group) for group in groups]
        raise EvalError(f"the sampler gave {counts} completions where one prompt asked for {sampling.n}")
    return groups[0]


def _chunks(problems: Sequence[Problem], size: int) -> Iterable[Sequence[Problem]]:
    return (problems[start : start + size] for start in range(0, len(problems), size))


def _report(
    benchmark: Benchmark,
    problems: list[Problem],
    tallies: tuple[Tally, ...],
    *,
    model: str,
    sampling: Sampling,
) -> Report:
    verifiers = {each.verifier for each in tallies} - {""}
    return Report(
        benchmark=benchmark.name,
        version=content_version(problems),
        domain=problems[0].domain,
        relation=benchmark.relation,
        model=model,
        sampling=sampling,
        tallies=tallies,
        verifier="+".join(sorted(verifiers)),
    )


def _check(benchmark: Benchmark, problems: Sequence[Problem], sampling: Sampling) -> None:
    if sampling.temperature == 0 and sampling.n > 1:
        raise EvalError(f"{sampling.n} greedy completions are one, counted often: use n=1 or temperature > 0")
    domains = sorted({problem.domain for problem in problems})
    if len(domains) != 1:
        raise EvalError(
            f"benchmark {benchmark.name!r} mixes domains ({', '.join(domains)}): split it by domain"
        )
