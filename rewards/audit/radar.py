"""A watch over the rewards of a run: signs that a policy has found a hole in a verifier.

Fed with each step's verdicts, it looks at a window of the last steps and at all steps before as the baseline:

- `constant_answer`: one answer is right for a growing share of all problems that were answered rightly;
- `exit_like_code`: rewarded programs that leave early, equal everything, or look at who runs them;
- `not_a_number`: an answer that is NaN or infinite is rewarded;
- `engine_disagreement`: engines disagree on a growing share of what both were asked;
- `length_collapse`: rewarded responses have become much shorter.

An alert is raised once, and cleared when the window no longer shows the sign. Everything follows from what
was fed, and `state` holds all of it as JSON values.

Not covered: whether a reward was deserved. A sign is a reason to look, and with a hold to wait.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from rewards.problem import Domain
from rewards.verdict import Verdict

_EXIT_LIKE: Final = re.compile(
    r"\b(?:os|posix|sys)\s*\.\s*_?exit\b|\bSystemExit\b|^\s*(?:exit|quit)\s*\(|\batexit\b|\bsettrace\b"
    r"|\bexcepthook\b|\b_getframe\b|\bget_objects\b|\bdef\s+__eq__\b|\bsetattr\s*\(\s*(?:builtins|__builtins__)"
    r"|\bf_(?:back|locals|globals)\b",
    re.MULTILINE,
)
_NOT_A_NUMBER: Final = re.compile(r"[-+]?(?:nan|inf|infinity)(?:\s*[-+*]\s*(?:nan|inf)?[ij])?", re.IGNORECASE)
MOST_TEXT: Final = 200
"""Characters of an answer that are compared and shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From where on a sign is an alert."""

    window: int = 5
    """Steps that are looked at together."""
    least: int = 16
    """Problems solved, programs rewarded or verdicts of two engines in the window, before rates count."""
    constant_rise: float = 0.25
    """One answer's share of the problems, above the baseline's."""
    constant_most: float = 0.9
    """The same whatever the baseline."""
    exit_rise: float = 0.05
    """Share of exit-like programs among rewarded ones, above the baseline's."""
    disagreement_rise: float = 0.15
    """Share of disagreements, above the baseline's."""
    length_fall: float = 0.3
    """The mean length of rewarded responses, relative to the baseline's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One verdict as the radar sees it."""

    problem: str
    domain: Domain
    verdict: Verdict
    chars: int
    """Of the response."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One sign in one verifier's rewards."""

    sign: str
    verifier: str
    raised: bool
    """Raised, or cleared."""
    figure: float
    baseline: float
    limit: float
    count: int
    """Problems, programs or verdicts that the figure is a share of; of `not_a_number`, rewarded problems."""
    example: str = ""

    def detail(self) -> dict[str, Any]:
        """The content of an event, JSON-safe."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Tally:
    """One verifier's step, as counts."""

    answers: dict[str, list[str]]
    """Rewarded answers, each with the problems that it solved."""
    programs: int
    exits: list[str]
    """Exit-like rewarded programs, their beginnings."""
    not_numbers: list[str]
    asked: int
    """Verdicts on which two engines were asked."""
    disagreed: int
    rewarded: int
    chars: int
    """Of all rewarded responses."""


_Rate = tuple[float, float, int, str]
"""What is counted, of how many, how many there are to tell by, and an example."""


class Radar:
    """Watches one run."""

    def __init__(self, limits: Limits | None = None) -> None:
        """Watch with `limits`, or the usual ones."""
        self._limits = limits or Limits()
        self._recent: dict[str, list[_Tally]] = {}
        self._past: dict[str, dict[str, list[float]]] = {}
        """By verifier and sign: sums over the steps before the window, of what is counted and of how many."""
        self._raised: dict[str, set[str]] = {}

    @property
    def suspects(self) -> frozenset[str]:
        """Verifiers with an alert that is not cleared."""
        return frozenset(name for name, signs in self._raised.items() if signs)

    def observe(self, observations: Iterable[Observation]) -> list[Alert]:
        """Take in one step; the alerts that it raises or clears."""
        by_verifier: dict[str, list[Observation]] = {}
        for each in observations:
            if each.verdict.judged:
                by_verifier.setdefault(each.verdict.verifier, []).append(each)
        return [alert for name in sorted(by_verifier) for alert in self._step(name, by_verifier[name])]

    def state(self) -> dict[str, Any]:
        """All that was seen, as JSON values."""
        return {
            "recent": {name: [asdict(tally) for tally in tallies] for name, tallies in self._recent.items()},
            "past": self._past,
            "raised": {name: sorted(signs) for name, signs in self._raised.items()},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` gave."""
        self._recent = {
            name: [_Tally(**tally) for tally in tallies] for name, tallies in state["recent"].items()
        }
        self._past = {
            name: {sign: list(sums) for sign, sums in signs.items()} for name, signs in state["past"].items()
        }
        self._raised = {name: set(signs) for name, signs in state["raised"].items()}

    def _step(self, verifier: str, observations: Sequence[Observation]) -> Iterator[Alert]:
        recent = self._recent.setdefault(verifier, [])
        past = self._past.setdefault(verifier, {})
        recent.append(_tally(observations))
        if len(recent) > self._limits.window:
            for sign, (part, whole, _, _) in _rates([recent.pop(0)]).items():
                sums = past.setdefault(sign, [0.0, 0.0])
                past[sign] = [sums[0] + part, sums[1] + whole]
        raised = self._raised.setdefault(verifier, set())
        for sign, rate in _rates(recent).items():
            alert = self._judge(sign, verifier, rate, past.get(sign, [0.0, 0.0]))
            if alert is not None and alert.raised != (sign in raised):
                (raised.add if alert.raised else raised.discard)(sign)
                yield alert

    def _judge(self, sign: str, verifier: str, rate: _Rate, before: Sequence[float]) -> Alert | None:
        """The alert as it stands, raised or not; None where there is too little to tell."""
        part, whole, count, example = rate
        if not whole:
            return None
        known = bool(before[1])
        figure, baseline = part / whole, before[0] / before[1] if known else 0.0
        limit, enough = self._limit(sign, baseline, known=known)
        if count < enough:
            return None
        beyond = figure < limit if sign == "length_collapse" else figure > limit
        return Alert(
            sign=sign,
            verifier=verifier,
            raised=beyond,
            figure=figure,
            baseline=baseline,
            limit=limit,
            count=count,
            example=example,
        )

    def _limit(self, sign: str, baseline: float, *, known: bool) -> tuple[float, int]:
        """From where on it is an alert, and how many there must be to tell by."""
        limits = self._limits
        if sign == "not_a_number":
            return 0.0, 0
        if sign == "exit_like_code":
            return baseline + limits.exit_rise, limits.least
        if sign == "length_collapse":
            return baseline * limits.length_fall, limits.least
        if not known:  # nothing to have risen from
            return limits.constant_most, limits.least
        if sign == "engine_disagreement":
            return baseline + limits.disagreement_rise, limits.least
        return min(limits.constant_most, baseline + limits.constant_rise), limits.least


def _tally(observations: Sequence[Observation]) -> _Tally:
    rewarded = [each for each in observations if each.verdict.reward]
    answers: dict[str, list[str]] = {}
    for each in rewarded:
        if each.domain is not Domain.CODE and each.verdict.extracted:
            problems = answers.setdefault(_answer(each), [])
            if each.problem not in problems:
                problems.append(each.problem)
    programs = [each.verdict.extracted or "" for each in rewarded if each.domain is Domain.CODE]
    opinions = [words for each in observations if (words := _engines(each.verdict))]
    return _Tally(
        answers=answers,
        programs=len(programs),
        exits=[program[:MOST_TEXT] for program in programs if _EXIT_LIKE.search(program)],
        not_numbers=[text for text in answers if _NOT_A_NUMBER.fullmatch(text)],
        asked=len(opinions),
        disagreed=sum(len(set(words)) > 1 for words in opinions),
        rewarded=len(rewarded),
        chars=sum(each.chars for each in rewarded),
    )


def _rates(tallies: Sequence[_Tally]) -> dict[str, _Rate]:
    """Every sign in these steps together."""
    solved: dict[str, set[str]] = {}
    for tally in tallies:
        for text, problems in tally.answers.items():
            solved.setdefault(text, set()).update(problems)
    everything: set[str] = set().union(*solved.values())
    answer = max(solved, key=lambda text: len(solved[text]), default="")
    most = len(solved.get(answer, ()))
    exits = [program for tally in tallies for program in tally.exits]
    odd = [text for tally in tallies for text in tally.not_numbers]
    programs, rewarded = sum(tally.programs for tally in tallies), sum(tally.rewarded for tally in tallies)
    asked = sum(tally.asked for tally in tallies)
    disagreed = sum(tally.disagreed for tally in tallies)
    return {
        "constant_answer": (most, len(everything), len(everything), answer),
        "exit_like_code": (len(exits), programs, programs, exits[-1] if exits else ""),
        "not_a_number": (len(odd), len(everything), len(odd), odd[-1] if odd else ""),
        "engine_disagreement": (disagreed, asked, asked, ""),
        "length_collapse": (sum(tally.chars for tally in tallies), rewarded, rewarded, ""),
    }


def _answer(observation: Observation) -> str:
    return " ".join((observation.verdict.extracted or "")[: 2 * MOST_TEXT].split()).casefold()[:MOST_TEXT]


def _engines(verdict: Verdict) -> list[bool]:
    """What each engine said, where a verdict tells."""
    engines = verdict.detail.get("engines") if isinstance(verdict.detail, dict) else None
    return [bool(word) for word in engines.values()] if isinstance(engines, dict) else []
