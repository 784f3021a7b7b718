"""`harness audit`: attack verifiers, and say what was found as a table, as JSON and as a page."""

import json
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from rich.markup import escape
from rich.table import Table

from db.store import open_store
from evals.leaderboard.audits import render_audits
from evals.leaderboard.visible import excerpt, visible
from evals.source import open_source
from harness.errors import ConfigError
from harness.home import open_home
from harness.telemetry import Telemetry, open_console
from rewards.audit.auditor import PROBES, Auditor, Setting
from rewards.audit.items import Item, family_of, read_items, shipped_items
from rewards.audit.report import AuditReport, Finding
from rewards.puzzles.witnesses import witness
from rewards.verifier import VERIFIERS

PUZZLES: Final = "puzzle"
UPSTREAM: Final = "puzzle:upstream"
UPSTREAM_DATASETS: Final = (
    "chain_sum",
    "coin_flip",
    "complex_arithmetic",
    "game_of_life_halting",
    "puzzle24",
)
"""What `--all` audits of the published scores: a sound one, three known to be broken, and one that evaluates
answers, each of which needs a worker of its own."""
NEVER_MADE: Final = frozenset({"codeio", "composite"})
"""Datasets that the source of problems refuses, and says why."""
SHOWN: Final = 2
"""Examples of one finding in the table; JSON and page have more."""
PART: Final = 8
"""Datasets that one process audits one after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRequest:
    """What is to be audited, and where the findings go."""

    names: Sequence[str]
    everything: bool = False
    items: Path | None = None
    count: int = 16
    """Puzzles of each dataset."""
    setting: Setting = field(default_factory=Setting)
    page: Path | None = None
    as_json: bool = False
    record: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """Item sets that one process audits one after the other."""

    verifier: str
    sets: tuple[str, ...] = ()
    """Reasoning Gym datasets; none where the items come from a file or with the verifier's family."""


def run_audits(request: AuditRequest, home: Path | None) -> int:
    """Audit, print, keep; 1 where a figure is beyond its bar, else 0.

    Raises:
        ConfigError: nothing is named, or the page cannot be written.
        UnknownVerifier: a name is neither a verifier nor a dataset.
        BadReference: the items cannot be read, or there are none.
    """
    jobs = list(_jobs(request))
    given = read_items(request.items) if request.items is not None else None
    total = sum(max(1, len(job.sets)) for job in jobs) * len(PROBES)
    with Telemetry() as telemetry, telemetry.stage("auditing", total) as stage:
        done = _Counter(stage.update)
        with ThreadPoolExecutor(request.setting.workers) as threads:
            found = threads.map(lambda job: _audit(job, request, given, done), jobs)
            reports = [report for each in found for report in each]
        stage.update(total)
    if request.record:
        _record(reports, home)
    if request.page is not None:
        _write(request.page, render_audits(reports))
    if request.as_json:
        sys.stdout.write(json.dumps([report.as_json() for report in reports]) + "\n")
    else:
        _print(reports)
    return int(not all(report.passed for report in reports))


def _jobs(request: AuditRequest) -> Iterator[_Job]:
    names = sorted(set(VERIFIERS) - {"scripted"}) if request.everything else request.names
    if not names:
        raise ConfigError(
            "name a verifier, a puzzle dataset or a 'module:attribute' of your own, or say --all"
        )
    for name in names:
        verifier, dataset = _target(name)
        if request.items is not None or (family_of(verifier) != PUZZLES and not dataset):
            yield _Job(verifier=verifier)
        elif dataset:
            yield _Job(verifier=verifier, sets=(dataset,))
        else:
            chosen = UPSTREAM_DATASETS if request.everything and verifier == UPSTREAM else puzzle_datasets()
            for start in range(0, len(chosen), PART):
                yield _Job(verifier=verifier, sets=tuple(chosen[start : start + PART]))


def _target(name: str) -> tuple[str, str]:
    """The verifier and the dataset that a name means: `chain_sum` is `puzzle:chain_sum`."""
    if name in VERIFIERS or "." in name:
        return name, ""
    verifier, colon, dataset = name.rpartition(":")
    if colon and family_of(verifier) == PUZZLES and verifier in VERIFIERS:
        return verifier, dataset
    return (PUZZLES, name) if not colon and name in puzzle_datasets() else (name, "")


def puzzle_datasets() -> list[str]:
    """The names of the datasets that puzzles can be made from."""
    # Importing Reasoning Gym takes 2 s; who audits another verifier need not wait for it.
    from reasoning_gym.factory import DATASETS  # noqa: PLC0415

    return sorted(set(DATASETS) - NEVER_MADE)


_making = threading.Lock()
"""Puzzles are made one dataset at a time: Reasoning Gym draws from the global random numbers."""


def _puzzles(dataset: str, *, count: int, seed: int) -> list[Item]:
    with _making:
        problems = open_source("reasoning_gym", {"task": dataset}).problems(count=count, seed=seed)
    references = [problem.reference for problem in problems]
    return [Item(reference=one, gold=witness(dataset, one["entry"])) for one in references]


class _Counter:
    """Probes done by all threads together."""

    def __init__(self, show: Callable[[int, str], None]) -> None:
        self._show = show
        self._lock = threading.Lock()
        self._done = 0

    def step(self, words: str) -> None:
        with self._lock:
            self._done += 1
            self._show(self._done, words)


def _audit(job: _Job, request: AuditRequest, given: list[Item] | None, done: _Counter) -> list[AuditReport]:
    setting = replace(request.setting, workers=1)
    with Auditor(job.verifier, setting) as auditor:
        return [
            auditor.audit(
                given or _items(auditor.family, dataset, request),
                items_name=dataset or (str(request.items) if given else "shipped"),
                dataset=dataset,
                on_probe=done.step,
            )
            for dataset in job.sets or ("",)
        ]


def _items(family: str, dataset: str, request: AuditRequest) -> list[Item]:
    if dataset:
        return _puzzles(dataset, count=request.count, seed=request.setting.seed)
    return shipped_items(family)


def _record(reports: Sequence[AuditReport], home: Path | None) -> None:
    """Keep one audit for each verifier, with all its item sets."""
    with open_store(open_home(home).database_url) as store:
        for name in dict.fromkeys(report.verifier for report in reports):
            mine = [report for report in reports if report.verifier == name]
            store.keep_audit(
                name=name,
                version=mine[0].version,
                code_hash=mine[0].code_hash,
                report={"reports": [report.as_json() for report in mine]},
                passed=all(report.passed for report in mine),
            )


def _write(path: Path, page: str) -> None:
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"the page cannot be written to {path}: {error.strerror or error}") from error


def _print(reports: Sequence[AuditReport]) -> None:
    console = open_console()
    if len(reports) > 1:
        summary = Table("verifier", "items", "count", "best constant", "its bar", "beyond bar", "s", box=None)
        for report in reports:
            floor = next((each for each in report.findings if each.probe == "constant"), None)
            summary.add_row(
                escape(report.verifier),
                escape(report.items),
                str(report.count),
                _number(floor.figure if floor else None),
                _number(floor.bar if floor else None),
                ", ".join(finding.probe for finding in report.failures) or "-",
                f"{report.seconds:.0f}",
            )
        console.print(summary)
    for report in reports:
        if len(reports) == 1 or not report.passed:
            console.print(_findings(report, report.findings if len(reports) == 1 else report.failures))


def _findings(report: AuditReport, findings: Sequence[Finding]) -> Table:
    title = escape(f"{report.verifier} {report.version}, {report.count} items ({report.items})")
    table = Table(
        "", "probe", "figure", "bar", "cases", "remarks", title=title, box=None, title_justify="left"
    )
    for finding in findings:
        bar = "none" if finding.bar is None else f"{'<=' if finding.at_most else '>='} {_number(finding.bar)}"
        table.add_row(
            "ok" if finding.passed else "BEYOND",
            finding.title,
            f"{_number(finding.figure)} {finding.unit}",
            bar,
            str(finding.cases),
            _fit(finding.note),
        )
        for each in finding.worst[:SHOWN] if not finding.passed else ():
            words = f"{each.note}: {each.response} -> {each.status} {each.reward}, reference {each.reference}"
            table.add_row("", "", "", "", "", _fit(words.removeprefix(": ")))
    return table


def _fit(text: str) -> str:
    return escape(excerpt(visible(text), 200))


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"
