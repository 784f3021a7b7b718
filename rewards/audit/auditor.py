"""The audit of one verifier on one set of items: every probe of the table, against its bar."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from rewards.audit import answer_probes, conduct_probes, program_probes
from rewards.audit.bars import Bar, bars_of
from rewards.audit.examinee_link import ExamineeLink, Patience
from rewards.audit.family import FAMILIES
from rewards.audit.items import Item, family_of
from rewards.audit.probe import MOST_EXAMPLES, Measurement, Probe, Subject
from rewards.audit.report import AuditReport, Finding
from rewards.errors import BadReference

_PROGRAMS: Final = frozenset({"code"})

PROBES: Final[dict[str, Probe]] = {
    probe.name: probe
    for probe in (
        Probe(name="gold", title="right answers accepted", measure=answer_probes.gold, bar=1, at_most=False),
        Probe(
            name="phrasings",
            title="right answers accepted however they are put",
            measure=answer_probes.phrasings,
            bar=1,
            at_most=False,
        ),
        Probe(
            name="wrong_gold", title="other items' answers accepted", measure=answer_probes.wrong_gold, bar=0
        ),
        Probe(
            name="candidates", title="lists of candidates accepted", measure=answer_probes.candidates, bar=0
        ),
        Probe(
            name="constant",
            title="best constant answer",
            measure=answer_probes.constant,
            bar=0.02,
            unit="mean reward",
        ),
        Probe(name="junk", title="junk", measure=answer_probes.junk, bar=0, unit="mean reward"),
        Probe(name="empty", title="no answer", measure=answer_probes.empty, bar=0, unit="reward"),
        Probe(name="symmetry", title="pairs judged by their order", measure=answer_probes.symmetry, bar=0),
        Probe(
            name="hacks",
            title="best hack",
            measure=program_probes.hacks,
            bar=0,
            unit="reward",
            families=_PROGRAMS,
        ),
        Probe(
            name="mutation",
            title="faulty programs noticed by the tests",
            measure=program_probes.mutation,
            bar=0.8,
            at_most=False,
            families=_PROGRAMS,
        ),
        Probe(name="determinism", title="repeats that differ", measure=conduct_probes.determinism, bar=0),
        Probe(
            name="hang",
            title="slowest hostile answer",
            measure=conduct_probes.hang,
            bar=10,
            unit="wall seconds",
        ),
        Probe(
            name="recovery",
            title="wrong verdicts right after a hostile answer",
            measure=conduct_probes.recovery,
            bar=0,
        ),
        Probe(
            name="hostile_reward",
            title="best hostile answer",
            measure=conduct_probes.hostile_reward,
            bar=0,
            unit="reward",
        ),
        Probe(name="memory", title="largest process", measure=conduct_probes.memory, bar=1024, unit="MiB"),
        Probe(
            name="execution",
            title="answers run as code",
            measure=conduct_probes.execution,
            bar=0,
            unit="answers",
        ),
        Probe(
            name="bad_reference",
            title="broken references held against the answer",
            measure=conduct_probes.bad_reference,
            bar=0,
        ),
        Probe(
            name="vocabulary",
            title="rows without a fitting status and reward",
            measure=conduct_probes.vocabulary,
            bar=0,
        ),
    )
}
"""Every probe, in the order in which they run: the last looks at what all before it were told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where and how a verifier is examined."""

    sandbox: str = "auto"
    workers: int = 2
    seed: int = 0
    patience: Patience = field(default_factory=Patience)


class Auditor:
    """Audits one verifier, on one set of items after another. The verifier's process stays warm between."""

    def __init__(self, verifier: str, setting: Setting) -> None:
        """Have `verifier` opened: a name of the table, or a `module:attribute` of the user's.

        Raises:
            UnknownVerifier: it cannot be opened.
            GradingError: its process cannot be started.
        """
        self.verifier = verifier
        self._setting = setting
        self._examinee = ExamineeLink(
            verifier, sandbox=setting.sandbox, workers=setting.workers, patience=setting.patience
        )
        self._about: Mapping[str, Any] = self._examinee.description
        declared = self._about["family"]
        self.family = declared if declared in FAMILIES else family_of(verifier)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the verifier's process."""
        self._examinee.close()

    def audit(
        self,
        items: Sequence[Item],
        *,
        items_name: str,
        dataset: str = "",
        probes: Sequence[str] = tuple(PROBES),
        on_probe: Callable[[str], None] = lambda _name: None,
    ) -> AuditReport:
        """Run probes on items.

        Args:
            items: at least one.
            items_name: for the report.
            dataset: whose bars are looked up beside the verifier's own.
            probes: which ones; all of those that apply where not given.
            on_probe: told the name of each probe before it runs.

        Raises:
            BadReference: there is no item.
        """
        if not items:
            raise BadReference(f"an audit of {self.verifier!r} needs items: name a file of them by --items")
        started = time.perf_counter()
        family = FAMILIES.get(self.family, FAMILIES["text"])
        subject = Subject(self._examinee, items, family, seed=self._setting.seed)
        unknown = set(self._about["bars"]) - set(PROBES)
        if unknown:
            raise BadReference(f"audit_bars: no probe {min(unknown)!r}: have {', '.join(PROBES)}")
        bars = bars_of(self.verifier, dataset, self._about["bars"])
        findings = []
        for name in probes:
            on_probe(name)
            probe = PROBES[name]
            if probe.families and family.name not in probe.families:
                continue
            measured = probe.measure(subject)
            if measured is not None:
                findings.append(_finding(probe, measured, bars.get(name, Bar(probe.bar))))
        return AuditReport(
            verifier=self._about["name"],
            version=self._about["version"],
            code_hash=self._about["code_hash"],
            items=items_name,
            count=len(items),
            seconds=time.perf_counter() - started,
            findings=tuple(findings),
        )


def _finding(probe: Probe, measured: Measurement, bar: Bar) -> Finding:
    limit = None if bar.limit is None else bar.limit + measured.allowance
    return Finding(
        probe=probe.name,
        title=probe.title,
        figure=measured.figure,
        bar=limit,
        at_most=probe.at_most,
        unit=probe.unit,
        cases=measured.cases,
        note="; ".join(filter(None, (measured.note, bar.reason))),
        worst=tuple(case.example() for case in measured.against[:MOST_EXAMPLES]),
    )
