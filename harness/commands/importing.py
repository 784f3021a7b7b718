"""`harness data import`: rows of published data sets in, problems for the source `jsonl` out."""

import gzip
import json
import sys
import zlib
from pathlib import Path

from evals.coding import problem_from_row
from evals.errors import EvalError
from harness.errors import ConfigError


def import_rows(rows: Path, out: Path, *, format: str | None) -> None:  # noqa: A002 - the option's name
    """Write a problem for each row that is one, and say what was left out.

    Raises:
        ConfigError: a file cannot be read or written, or holds no such row.
    """
    skipped: list[str] = []
    written = 0
    if out.resolve() == rows.resolve():
        raise ConfigError(f"the problems would overwrite the rows: name another file than {out}")
    try:
        content = rows.read_bytes()
        lines = (gzip.decompress(content) if rows.suffix == ".gz" else content).decode().split("\n")
        with out.open("w", encoding="utf-8") as target:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                try:
                    problem = problem_from_row(_read(line), format=format)
                except EvalError as error:
                    skipped.append(f"{rows}:{number}: {error}")
                    continue
                fields = ("domain", "prompt", "verifier", "reference", "source", "level")
                target.write(json.dumps({name: getattr(problem, name) for name in fields}) + "\n")
                written += 1
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise ConfigError(f"{rows} cannot be imported into {out}: {error}") from error
    if not written:
        raise ConfigError(f"{rows} has no problem: {skipped[0] if skipped else 'it is empty'}")
    sys.stderr.write("".join(f"left out: {reason}\n" for reason in skipped))
    sys.stdout.write(f"{written} problems, {len(skipped)} rows left out\n")


def _read(line: str) -> object:
    try:
        row: object = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise EvalError(f"not JSON: {error}") from error
    return row
