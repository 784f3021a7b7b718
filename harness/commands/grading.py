"""`harness grade`: a file of answers in, a file of verdicts out, row for row."""

import itertools
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

from db.store import Store, open_store
from harness.errors import ConfigError
from harness.telemetry import Telemetry
from harness.wiring import open_grader
from rewards.grader import Grader, grade_rows
from rewards.submission import verdict_from_row

CHUNK_ROWS = 256


def grade_file(
    rows: Path, out: Path, *, workers: int, sandbox: str, hub: str | None, record_in: str | None = None
) -> None:
    """Grade the rows of one file into another; what is done when it is stopped stays written.

    Args:
        rows: the file to grade.
        out: where the verdicts go.
        workers: answers judged side by side.
        sandbox: backend for programs.
        hub: address of the hub that grades instead.
        record_in: URL of a database whose queue gets the answers on which engines disagree.

    Raises:
        ConfigError: a file cannot be read or written.
        StoreError: the database cannot be opened or written.
    """
    if not rows.is_file():
        raise ConfigError(f"no file of rows at {rows}")
    if out.resolve() == rows.resolve():
        raise ConfigError(f"the verdicts would overwrite the rows: name another file than {out}")
    with nullcontext() if record_in is None else open_store(record_in) as store:
        grader = open_grader(sandbox=sandbox, workers=workers, hub=hub, own=hub is None, store=store)
        try:
            _grade(grader, _lines(rows), out, store)
        except OSError as error:
            raise ConfigError(f"verdicts cannot be written to {out}: {error.strerror or error}") from error
        finally:
            grader.close()


def _grade(grader: Grader, lines: list[bytes], out: Path, store: Store | None) -> None:
    statuses: Counter[str] = Counter()
    with (
        Telemetry() as telemetry,
        telemetry.stage("grading", len(lines)) as stage,
        out.open("w", encoding="utf-8") as target,
    ):
        done = 0
        for chunk in _chunks(lines):
            answers = grade_rows(grader, [parse_line(line) for line in chunk], first=done)
            for answer in answers:
                statuses[answer["status"]] += 1
                target.write(json.dumps(answer) + "\n")
            target.flush()
            if store is not None:
                store.keep_disagreements(verdict_from_row(answer) for answer in answers)
            done += len(chunk)
            stage.update(done)
        telemetry.say(f"{done} rows: " + ", ".join(f"{n} {status}" for status, n in statuses.most_common()))


def parse_line(line: bytes) -> object:
    """The row on one line; for a line that is not JSON, the reason as text, which is no row either."""
    if not line.strip():
        return "the line is empty"
    try:
        row: object = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"the line is not JSON: {error}"
    return row


def _lines(path: Path) -> list[bytes]:
    lines = path.read_bytes().split(b"\n")
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def _chunks(lines: list[bytes]) -> Iterator[list[bytes]]:
    iterator = iter(lines)
    while chunk := list(itertools.islice(iterator, CHUNK_ROWS)):
        yield chunk
