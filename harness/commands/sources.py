"""`harness data list`: what problems can come from, and whether it works here."""

import json
import sys

from rich.table import Table

from evals.benchmark import BENCHMARKS, content_version, open_benchmark
from evals.errors import EvalError
from evals.source import SOURCES
from harness.telemetry import open_console


def list_data(*, as_json: bool) -> None:
    """Print every source and benchmark; a benchmark is loaded to see that it works."""
    rows = [_benchmark_row(name) for name in sorted(BENCHMARKS)]
    if as_json:
        sys.stdout.write(json.dumps({"sources": sorted(SOURCES), "benchmarks": rows}) + "\n")
        return
    console = open_console()
    console.print(f"sources: {', '.join(sorted(SOURCES))}", highlight=False)
    table = Table("benchmark", "problems", "version", "works", box=None)
    for row in rows:
        table.add_row(*(str(row[key]) for key in ("name", "problems", "version", "works")))
    console.print(table)


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
