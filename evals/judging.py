"""From completions to rollouts: what training and measuring do alike."""

from collections.abc import Sequence

from evals.errors import EvalError
from evals.rollout import Rollout
from evals.sampler import Completion
from rewards.grader import Grader
from rewards.problem import Problem
from rewards.rubric import Rubric
from rewards.submission import Submission
from rewards.verdict import Verdict


def submission_of(problem: Problem, index: int, completion: Completion) -> Submission:
    """One completion as a grader takes it."""
    return Submission(
        id=f"{problem.id}:{index}",
        verifier=problem.verifier,
        response=completion.text,
        reference=problem.reference,
    )


def judge(
    problems: Sequence[Problem],
    completions: Sequence[Sequence[Completion]],
    *,
    grader: Grader,
    rubric: Rubric,
) -> list[list[Rollout]]:
    """Have every problem's completions judged; the rollouts of each problem, in order.

    Raises:
        EvalError: the grader broke its contract.
        GradingError: the grader cannot be reached.
    """
    submissions = [
        submission_of(problem, index, completion)
        for problem, drawn in zip(problems, completions, strict=True)
        for index, completion in enumerate(drawn)
    ]
    verdicts = grader.grade(submissions)
    if len(verdicts) != len(submissions):
        raise EvalError(f"the grader gave {len(verdicts)} verdicts for {len(submissions)} submissions")
    remaining = iter(verdicts)
    return [
        [
            rewarded(problem, index, completion, next(remaining), rubric)
            for index, completion in enumerate(drawn)
        ]
        for problem, drawn in zip(problems, completions, strict=True)
    ]


def rewarded(
    problem: Problem, index: int, completion: Completion, verdict: Verdict, rubric: Rubric
) -> Rollout:
    """The rollout that a verdict makes of one completion."""
    reward = rubric.reward(
        problem.domain, verdict, tokens=len(completion.token_ids), truncated=completion.truncated
    )
    return Rollout(
        problem=problem,
        index=index,
        completion=completion,
        verdict=verdict,
        reward=reward,
        masked=rubric.mask_truncated and completion.truncated,
    )
