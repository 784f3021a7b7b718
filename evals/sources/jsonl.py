"""Problems from a file of JSON lines, plain or gzipped: the user's own data."""

import gzip
import logging
import os
import zlib
from pathlib import Path
from typing import Final

from evals.errors import EvalError
from evals.row import parse_line
from evals.source import draw
from rewards.problem import Problem

_LOG: Final = logging.getLogger(__name__)


class JsonLinesSource:
    """Rows `{"domain", "prompt", "verifier", "reference", "source"?, "level"?}`, one a line.

    A bad row stops no other: it is left out, kept in `skipped` as `file:line: reason`, and the
    first of them is logged with the count. Only a file without one good row is an error.
    """

    def __init__(self, path: str) -> None:
        """Read from `path`; gzipped where its name ends in `.gz`.

        A relative path that is not here is looked for in the folder that HARNESS_DATA names.
        """
        self._path = Path(path).expanduser()
        if not self._path.exists():
            self._path = Path(os.environ.get("HARNESS_DATA", "")) / self._path
        self.skipped: tuple[str, ...] = ()
        """What was left out by the last reading."""

    def problems(self, *, count: int, seed: int) -> list[Problem]:
        """At most `count` of the file's different problems, drawn by `seed`.

        Raises:
            EvalError: the file cannot be read or has no good row.
        """
        found: list[Problem] = []
        skipped: list[str] = []
        name = self._path.name.removesuffix(".gz").removesuffix(".jsonl")
        for number, line in enumerate(self._lines(), start=1):
            if not line.strip():
                continue
            try:
                found.append(parse_line(line, source=f"jsonl:{name}"))
            except EvalError as error:
                skipped.append(f"{self._path}:{number}: {error}")
        self.skipped = tuple(skipped)
        if not found:
            raise EvalError(f"{self._path} has no problem: {skipped[0] if skipped else 'it is empty'}")
        if skipped:
            _LOG.warning(
                "%d of %d rows left out; first: %s", len(skipped), len(skipped) + len(found), skipped[0]
            )
        return draw(found, count=count, seed=seed)

    def _lines(self) -> list[str]:
        try:
            content = self._path.read_bytes()
            if self._path.suffix == ".gz":
                content = gzip.decompress(content)
            return content.decode("utf-8").split("\n")
        except FileNotFoundError as error:
            raise EvalError(f"no data file at {self._path}") from error
        except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
            raise EvalError(f"data file {self._path} cannot be read: {error}") from error
