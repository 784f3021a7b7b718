"""What an audit found, as values that JSON holds."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

EXCERPT_CHARS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One verdict that speaks against the verifier."""

    response: str
    reference: str
    status: str
    reward: float | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one probe measured."""

    probe: str
    title: str
    figure: float | None
    """None where it could not be measured here; such a finding passes and `note` says why."""
    bar: float | None
    """The figure may reach it and not pass it; None where it is shown and not held against the verifier."""
    at_most: bool
    """Whether a figure above the bar fails, or one below."""
    unit: str
    cases: int
    """Verdicts behind the figure."""
    note: str = ""
    """Why the bar stands where it stands, and what the figure leaves open."""
    worst: tuple[Example, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the figure stays within the bar."""
        if self.figure is None or self.bar is None:
            return True
        if math.isnan(self.figure):
            return False
        return self.figure <= self.bar if self.at_most else self.figure >= self.bar


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """One verifier on one set of items."""

    verifier: str
    version: str
    code_hash: str
    """Of the verifier's registration."""
    items: str
    """Where the items come from: `shipped`, a file, or a dataset."""
    count: int
    seconds: float
    findings: tuple[Finding, ...] = field(default=())

    @property
    def passed(self) -> bool:
        """Whether every finding stays within its bar."""
        return all(finding.passed for finding in self.findings)

    @property
    def failures(self) -> tuple[Finding, ...]:
        """The findings beyond their bars."""
        return tuple(finding for finding in self.findings if not finding.passed)

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        findings = [asdict(finding) | {"passed": finding.passed} for finding in self.findings]
        return asdict(self) | {"passed": self.passed, "findings": findings}


def example(
    response: str, reference: Mapping[str, Any] | str, *, status: str, reward: float | None, note: str = ""
) -> Example:
    """An example with its texts cut to what can be shown."""
    return Example(
        response=_cut(response), reference=_cut(str(reference)), status=status, reward=reward, note=note
    )


def _cut(text: str) -> str:
    return text if len(text) <= EXCERPT_CHARS else f"{text[:EXCERPT_CHARS]}... ({len(text):,} characters)"
