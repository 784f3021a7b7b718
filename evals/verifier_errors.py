"""How often a verifier is wrong, as far as people have judged its verdicts.

Counted over answers that a person labelled. Where these are a queue of disputed answers, the shares
are of disputed answers: they say nothing of those on which nobody was in doubt.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from evals.uncertainty import Interval, wilson_interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of so many."""

    count: int
    total: int

    @property
    def interval(self) -> Interval:
        """Where the share lies for other answers of the same kind, by Wilson's 95 % interval."""
        return wilson_interval(self.count, self.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierErrors:
    """What a verifier got wrong."""

    false_positives: Share
    """Accepted and incorrect, of those accepted."""
    false_negatives: Share
    """Refused and correct, of those refused."""


def verifier_errors(judged: Iterable[tuple[bool, bool]]) -> VerifierErrors:
    """Count errors over labelled answers: whether each was accepted, and whether it is correct."""
    pairs = list(judged)
    accepted = [correct for said_yes, correct in pairs if said_yes]
    refused = [correct for said_yes, correct in pairs if not said_yes]
    return VerifierErrors(
        false_positives=Share(count=accepted.count(False), total=len(accepted)),
        false_negatives=Share(count=refused.count(True), total=len(refused)),
    )
