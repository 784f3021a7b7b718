"""`harness data import`: a published data set, proved row by row, into the database."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from db.records import DatasetRecord
from db.store import Store, open_store
from evals.benchmark import BENCHMARKS, open_benchmark
from evals.dataset import Card, Dataset, MadeDataset, open_dataset
from evals.errors import EvalError
from evals.hub_files import HUB, locate
from evals.overlap import Overlap
from evals.row_files import Row, rows_of
from harness.errors import ConfigError
from harness.home import exclusive, open_home
from harness.importer import Importer, mark_overlaps
from harness.telemetry import Stage, Telemetry
from harness.wiring import open_grader

_QUESTIONS = ("problem", "question", "prompt", "text")
"""Where a row of a benchmark's file has what is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """One call of `harness data import`."""

    name: str
    origin: str
    limit: int | None
    against: tuple[str, ...]
    fresh: bool
    sandbox: str
    workers: int
    dry_run: bool


class _Bar:
    """A progress bar whose end is only about known: it moves away before it is overrun."""

    def __init__(self, stage: Stage, rows: int) -> None:
        self._stage = stage
        self._rows = rows

    def update(self, done: int, text: str = "") -> None:
        self._stage.update(done, text, total=max(self._rows, done + 1))


def import_dataset(request: ImportRequest, home_path: Path | None) -> int:
    """Import as asked for; the exit code, 1 where no row of the data set is sound.

    Raises:
        ConfigError: the request contradicts itself.
        EvalError: the data set or a benchmark cannot be had.
        GradingError: the grader fails; what was imported is kept.
    """
    dataset = open_dataset(request.name)
    if request.dry_run:
        sys.stdout.write(_plan(dataset.card, request))
        return 0
    home = open_home(home_path)
    with (
        open_store(home.database_url) as store,
        exclusive(home.path / "imports" / dataset.card.name, f"the import of {dataset.card.name}"),
        Telemetry() as telemetry,
    ):
        overlap = _overlap(request.against)
        files, revision, origin = _origin(dataset.card, request, made=isinstance(dataset, MadeDataset))
        record = store.begin_dataset(dataset.card, revision=revision, origin=origin)
        if request.fresh:
            store.drop_dataset(record.id)
            record = store.begin_dataset(dataset.card, revision=revision, origin=origin)
        _go_on(record, telemetry)
        if not record.finished:
            grader = open_grader(sandbox=request.sandbox, workers=request.workers, hub=None, store=store)
            importer = Importer(dataset, store=store, grader=grader, overlap=overlap)
            rows = _rows(dataset, files, record.position)
            try:
                with telemetry.stage(record.name, dataset.card.rows, done=record.position) as stage:
                    bar = _Bar(stage, dataset.card.rows)
                    importer.run(record, rows, limit=request.limit, progress=bar)
            finally:
                grader.close()
        flagged = mark_overlaps(store, record, overlap)
        return _report(store, record, flagged, overlap)


def _rows(dataset: Dataset, files: list[Path], start: int) -> Iterator[Row]:
    if isinstance(dataset, MadeDataset):
        return dataset.made(start)
    return rows_of(files, start=start)


def _origin(card: Card, request: ImportRequest, *, made: bool) -> tuple[list[Path], str, str]:
    """Files, revision, and what to call where they come from."""
    if made:
        if request.origin != HUB:
            raise ConfigError(f"data set {card.name!r} is made here and read from nowhere: leave --from out")
        return [], card.revision, "made here"
    files, revision = locate(card, request.origin)
    return files, revision, card.hub if request.origin == HUB else ", ".join(map(str, files))


def _overlap(against: tuple[str, ...]) -> Overlap:
    """Every benchmark that ships, and those asked for: a name, or a file of rows."""
    overlap = Overlap()
    for name in (*sorted(BENCHMARKS), *against):
        if Path(name).suffix in {".jsonl", ".json", ".parquet", ".gz"}:
            overlap.add(Path(name).name, _questions(Path(name)))
        else:
            overlap.add(name, (problem.prompt for problem in open_benchmark(name).problems()))
    return overlap


def _questions(path: Path) -> Iterator[str]:
    """What the rows of a benchmark's file ask.

    Raises:
        EvalError: the file cannot be read, or a row asks nothing: what is not looked for is not found.
    """
    if not path.is_file():
        raise EvalError(f"no file {path}")
    for row in rows_of([path]):
        content = row.content if isinstance(row.content, dict) else {}
        asked = next((content[key] for key in _QUESTIONS if isinstance(content.get(key), str)), None)
        if asked is None:
            reason = row.fault or f"the row has no text in {', '.join(_QUESTIONS)}"
            raise EvalError(f"benchmark file {row.place}: {reason}")
        yield asked


def _plan(card: Card, request: ImportRequest) -> str:
    place = card.hub or "here" if request.origin == HUB else request.origin
    lines = [
        f"data set {card.name}: {card.domain}, verifier {card.verifier}, {card.reward} reward",
        f"licence: {card.licence}",
        f"from: {place}, {card.revision or 'not pinned'}",
        f"rows upstream: {card.rows or 'as many as the file has'}",
        f"compared with: {', '.join([*sorted(BENCHMARKS), *request.against])}",
    ]
    return "\n".join(lines) + "\n"


def _go_on(record: DatasetRecord, telemetry: Telemetry) -> None:
    if record.finished:
        telemetry.say(f"{record.name} at {record.revision} is imported; --fresh imports it anew")
    elif record.position:
        telemetry.say(f"going on at row {record.position} of {record.name}")


def _report(store: Store, record: DatasetRecord, flagged: int, overlap: Overlap) -> int:
    now = next(each for each in store.datasets() if each.id == record.id)
    counts = {
        "name": now.name,
        "revision": now.revision,
        "finished": now.finished,
        "questions": now.taken,
        "flagged": flagged,
        "duplicates": now.duplicates,
        "quarantined": now.quarantined,
        "others": now.others,
        "against": overlap.names,
    }
    sys.stdout.write(json.dumps(counts) + "\n")
    return 0 if now.taken or not now.position else 1
