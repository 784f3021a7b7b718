"""Whether a row of a data set is sound: its own answers earn 1, and what is no answer earns 0.

A verifier that cannot judge a row says the same as one that cannot judge at all. So where a row
stays without a verdict, the data set's canary is graded: if it is judged as it must be, the row is at
fault, and else the grader, which stops the import.

Not covered: whether the gold answer is true, and whether the question says what it takes to answer it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from evals.dataset import Candidate, Card
from rewards.errors import GradingError
from rewards.grader import Grader
from rewards.submission import Submission
from rewards.verdict import Outcome, Verdict

_EMPTY: Final = "an empty answer"
_AGAIN: Final = frozenset({Outcome.INFRA_ERROR, Outcome.TIMEOUT})
"""May be the moment's fault: tried once more, alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """One response to one candidate."""

    label: str
    response: str
    wanted: float | None
    """The reward that it must earn; None for a hurdle."""


def faults_of(candidates: Sequence[Candidate], card: Card, grader: Grader) -> list[str]:
    """Why each candidate is not sound; empty for one that is.

    Raises:
        GradingError: the grader fails, whatever the row. Nothing is said of any candidate then.
    """
    trials = [_trials(candidate) for candidate in candidates]
    verdicts = iter(_grade(list(zip(candidates, trials, strict=True)), card, grader))
    faults = []
    for candidate, tried in zip(candidates, trials, strict=True):
        judged = [next(verdicts) for _ in tried]
        if any(verdict.status in _AGAIN for verdict in judged):
            require_canary(card, grader)
            judged = _grade([(candidate, tried)], card, grader)
            if any(verdict.status is Outcome.INFRA_ERROR for verdict in judged):
                require_canary(card, grader)
        faults.append(_fault(tried, judged))
    return faults


def _trials(candidate: Candidate) -> list[_Trial]:
    golds = [_Trial(label=label, response=text, wanted=1.0) for label, text in candidate.golds.items()]
    junk = [_Trial(label=label, response=text, wanted=0.0) for label, text in candidate.junk.items()]
    hurdles = [_Trial(label="", response=text, wanted=None) for text in candidate.hurdles]
    return [*golds, _Trial(label=_EMPTY, response="", wanted=0.0), *junk, *hurdles]


def _grade(asked: Sequence[tuple[Candidate, list[_Trial]]], card: Card, grader: Grader) -> list[Verdict]:
    submissions = [
        Submission(
            id=str(place), verifier=card.verifier, response=trial.response, reference=candidate.reference
        )
        for place, (candidate, tried) in enumerate(asked)
        for trial in tried
    ]
    verdicts = grader.grade(submissions)
    if len(verdicts) != len(submissions):
        raise GradingError(f"the grader gave {len(verdicts)} verdicts for {len(submissions)} submissions")
    return verdicts


def require_canary(card: Card, grader: Grader) -> None:
    """Check that the grader judges at all.

    Raises:
        GradingError: it does not accept what it must.
    """
    canary = Submission(
        id="canary",
        verifier=card.verifier,
        response=card.canary.response,
        reference=card.canary.reference,
    )
    verdict = grader.grade([canary])[0]
    if verdict.reward != 1.0:
        raise GradingError(
            f"the verifier {card.verifier!r} does not judge what it must accept ({_said(verdict)}): mend the "
            "grader and run the same command again; what was imported is kept"
        )


def _fault(trials: Sequence[_Trial], verdicts: Sequence[Verdict]) -> str:
    for trial, verdict in zip(trials, verdicts, strict=True):
        if verdict.reward is None:
            refused = verdict.status is Outcome.INVALID_ROW
            return f"{'not a reference' if refused else 'cannot be judged'}: {_said(verdict)}"
        if trial.wanted is not None and verdict.reward != trial.wanted:
            return f"{trial.label} earns {verdict.reward:g}, not {trial.wanted:g}: {_said(verdict)}"
    hurdles = [verdict for trial, verdict in zip(trials, verdicts, strict=True) if trial.wanted is None]
    if hurdles and all(verdict.reward == 1.0 for verdict in hurdles):
        return "everything passes: no text was found that earns less than 1"
    return ""


def _said(verdict: Verdict) -> str:
    detail = verdict.detail
    if isinstance(detail, Mapping):
        detail = ", ".join(f"{key} {value!r:.60}" for key, value in detail.items())
    return f"{verdict.status}{f', {detail:.200}' if detail else ''}"
