"""`harness data list` and `harness data show`: what problems can come from, and what is imported."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from db.records import DatasetRecord, Quarantined
from db.store import open_store
from evals.benchmark import BENCHMARKS, content_version, open_benchmark
from evals.dataset import DATASETS, Card, open_dataset
from evals.errors import EvalError
from evals.source import SOURCES
from harness.home import open_home
from harness.telemetry import open_console

REASONS = 10
"""The most frequent ones are shown with the data set."""


def list_data(home_path: Path | None, *, as_json: bool) -> None:
    """Print every source, benchmark and data set; a benchmark is loaded to see that it works."""
    rows = [_benchmark_row(name) for name in sorted(BENCHMARKS)]
    with open_store(open_home(home_path).database_url) as store:
        imported = [
            _dataset_row(record) | {"flagged": store.count_overlaps(record.id)} for record in store.datasets()
        ]
    if as_json:
        known = {"sources": sorted(SOURCES), "benchmarks": rows, "datasets": sorted(DATASETS)}
        sys.stdout.write(json.dumps(known | {"imported": imported}) + "\n")
        return
    console = open_console()
    console.print(f"sources: {', '.join(sorted(SOURCES))}", highlight=False)
    console.print(f"data sets: {', '.join(sorted(DATASETS))}", highlight=False)
    for title, found in (("benchmark", rows), ("imported", imported)):
        if found:
            table = Table(title, *list(found[0])[1:], box=None)
            for row in found:
                table.add_row(*(str(value) for value in row.values()))
            console.print(table)


def show_dataset(name: str, home_path: Path | None, *, limit: int, as_json: bool) -> None:
    """Print a data set's card and what was imported of it, with `limit` rows that were not taken."""
    card = open_dataset(name).card
    with open_store(open_home(home_path).database_url) as store:
        record = next((each for each in store.datasets() if each.name == card.name), None)
        flagged = store.count_overlaps(record.id) if record else 0
        reasons = dict(store.quarantine_reasons(record.id, limit=REASONS)) if record else {}
        rows = store.quarantined(record.id, limit=limit) if record and limit else []
    imported = _dataset_row(record) | {"flagged": flagged} if record else None
    if as_json:
        shown: dict[str, Any] = {"card": _card(card), "imported": imported, "reasons": reasons}
        sys.stdout.write(json.dumps(shown | {"quarantined": [asdict(row) for row in rows]}) + "\n")
        return
    console = open_console()
    parts = (("", _card(card)), ("imported: ", imported or {"nothing": "yet"}), ("not taken: ", reasons))
    for title, part in parts:
        for key, value in part.items():
            console.print(f"{title}{key}: {value}", highlight=False, markup=False)
    if rows:
        console.print(_quarantine(rows))


def _quarantine(rows: list[Quarantined]) -> Table:
    table = Table("place", "reason", "row", box=None)
    for row in rows:
        # Rows hold brackets, which rich would take for its own.
        table.add_row(*(Text(part) for part in (row.place, row.reason, row.excerpt[:60])))
    return table


def _card(card: Card) -> dict[str, Any]:
    return {
        "name": card.name,
        "hub": card.hub,
        "revision": card.revision or "not pinned",
        "licence": card.licence,
        "domain": card.domain,
        "verifier": card.verifier,
        "reward": card.reward,
        "template": card.template,
        "columns": {
            name: column.kind + ("" if column.required else ", optional")
            for name, column in card.columns.items()
        },
    }


def _dataset_row(record: DatasetRecord) -> dict[str, object]:
    return {
        "name": record.name,
        "revision": record.revision,
        "finished": record.finished,
        "questions": record.taken,
        "duplicates": record.duplicates,
        "quarantined": record.quarantined,
        "others": record.others,
    }


def _benchmark_row(name: str) -> dict[str, object]:
    try:
        problems = open_benchmark(name).problems()
    except EvalError as error:
        return {"name": name, "problems": 0, "version": "", "works": str(error)}
    return {
        "name": name,
        "problems": len(problems),
        "version": content_version(problems),
        "works": "yes",
    }
