"""`harness grade`: a file of answers in, a file of verdicts out, row for row."""

import itertools
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from harness.errors import ConfigError
from harness.telemetry import Telemetry
from harness.wiring import open_grader
from rewards.grader import grade_rows

CHUNK_ROWS = 256


def grade_file(rows: Path, out: Path, *, workers: int, sandbox: str, hub: str | None) -> None:
    """Grade the rows of one file into another; what is done when it is stopped stays written.

    Raises:
        ConfigError: a file cannot be read or written.
    """
    if not rows.is_file():
        raise ConfigError(f"no file of rows at {rows}")
    if out.resolve() == rows.resolve():
        raise ConfigError(f"the verdicts would overwrite the rows: name another file than {out}")
    lines = _lines(rows)
    statuses: Counter[str] = Counter()
    grader = open_grader(sandbox=sandbox, workers=workers, hub=hub, own=hub is None)
    try:
        with (
            Telemetry() as telemetry,
            telemetry.stage("grading", len(lines)) as stage,
            out.open("w", encoding="utf-8") as target,
        ):
            done = 0
            for chunk in _chunks(lines):
                for answer in grade_rows(grader, [parse_line(line) for line in chunk], first=done):
                    statuses[answer["status"]] += 1
                    target.write(json.dumps(answer) + "\n")
                target.flush()
                done += len(chunk)
                stage.update(done)
            telemetry.say(
                f"{done} rows: " + ", ".join(f"{n} {status}" for status, n in statuses.most_common())
            )
    except OSError as error:
        raise ConfigError(f"verdicts cannot be written to {out}: {error.strerror or error}") from error
    finally:
        grader.close()


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
