"""Measure one model on one benchmark: sample every problem many times, grade, keep, count.

Does not cover where rollouts are kept (the store's verb comes in as `keep`) nor which checkpoint
is measured when.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from evals.benchmark import Benchmark, content_version
from evals.errors import EvalError
from evals.report import Report, Tally, tally
from evals.rollout import Rollout
from evals.sampler import Completion, Sampler, Sampling
from rewards.grader import Grader
from rewards.problem import Domain, Problem
from rewards.rubric import Rubric
from rewards.submission import Submission

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

    Each problem has a seed of its own, made from `sampling.seed` and its id, so that the result
    depends neither on chunks nor on what was done before.

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
    if sampling.temperature == 0 and sampling.n > 1:
        raise EvalError(f"{sampling.n} greedy completions are one, counted often: use n=1 or temperature > 0")
    problems = list({problem.id: problem for problem in benchmark.problems()}.values())
    tallies = {each.problem_id: each for each in done if each.requested == sampling.n}
    domain = _only_domain(benchmark, problems)
    open_problems = [problem for problem in problems if problem.id not in tallies]
    judged = (len(problems) - len(open_problems)) * sampling.n
    on_progress(judged)
    for chunk in _chunks(open_problems, max(1, CHUNK_COMPLETIONS // sampling.n)):
        rollouts = _roll_out(chunk, sampler, grader, sampling)
        keep([rollout for group in rollouts for rollout in group])
        for problem, group in zip(chunk, rollouts, strict=True):
            tallies[problem.id] = tally(problem.id, problem.level, sampling.n, group)
        judged += len(chunk) * sampling.n
        on_progress(judged)
    ordered = tuple(tallies[problem.id] for problem in problems)
    return Report(
        benchmark=benchmark.name,
        version=content_version(problems),
        domain=domain,
        relation=benchmark.relation,
        model=model,
        sampling=sampling,
        tallies=ordered,
        verifier="+".join(sorted({each.verifier for each in ordered} - {""})),
    )


def problem_seed(seed: int, problem_id: str) -> int:
    """The seed of one problem's completions, in [0, 2**31)."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{problem_id}".encode()).digest()[:4]) >> 1


def _roll_out(
    problems: Sequence[Problem], sampler: Sampler, grader: Grader, sampling: Sampling
) -> list[list[Rollout]]:
    drawn = [_draw(problem, sampler, sampling) for problem in problems]
    submissions = [
        Submission(
            id=f"{problem.id}:{index}",
            verifier=problem.verifier,
            response=completion.text,
            reference=problem.reference,
        )
        for problem, completions in zip(problems, drawn, strict=True)
        for index, completion in enumerate(completions)
    ]
    verdicts = grader.grade(submissions)
    if len(verdicts) != len(submissions):
        raise EvalError(f"the grader gave {len(verdicts)} verdicts for {len(submissions)} submissions")
    remaining = iter(verdicts)
    rubric = Rubric()
    return [
        [
            Rollout(
                problem=problem,
                index=index,
                completion=completion,
                verdict=(verdict := next(remaining)),
                reward=rubric.reward(problem.domain, verdict, truncated=completion.truncated),
            )
            for index, completion in enumerate(completions)
        ]
        for problem, completions in zip(problems, drawn, strict=True)
    ]


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


def _only_domain(benchmark: Benchmark, problems: Sequence[Problem]) -> Domain:
    domains = {problem.domain for problem in problems}
    if len(domains) != 1:
        raise EvalError(
            f"benchmark {benchmark.name!r} mixes the domains {', '.join(sorted(domains))}: split it"
        )
    return domains.pop()
