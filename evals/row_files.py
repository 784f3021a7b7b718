"""Rows of data files, one at a time: JSON lines (plain or gzipped), a JSON array, or Parquet.

Memory does not grow with a file. A row that cannot be read is given with the reason and stops no
other; only where the file itself is broken, so that the next row cannot be found, is that an error.
Bytes that are no UTF-8 come out as lone surrogates, which no data set lets pass.

Not covered: bounding a Parquet file's memory below one page of a column and 64 rows.
"""

import codecs
import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO, Final

from evals.errors import EvalError

MAX_ROW_BYTES: Final = 64 * 1024 * 1024
"""A larger row is not read; the largest published sets of tests have some of 30 MB."""
CHUNK_BYTES: Final = 1024 * 1024
_PARQUET_ROWS: Final = 64
_BLANK: Final = " \t\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row, or why there is none."""

    position: int
    """Among all rows of all files, from 0."""
    place: str
    """Where it stands, for people: `rows.jsonl:12`."""
    content: object = None
    fault: str = ""
    """Why the row cannot be read; empty where it can."""


def rows_of(files: Sequence[Path], *, start: int = 0, max_row_bytes: int = MAX_ROW_BYTES) -> Iterator[Row]:
    """All rows of `files` in order, from position `start` on.

    Raises:
        EvalError: a file is missing, of no known form, or broken in its middle.
    """
    position = 0
    for path in files:
        reader = _reader(path)
        try:
            for row in reader(path, position, start, max_row_bytes):
                position = row.position + 1
                if row.position >= start:
                    yield row
        except (OSError, EOFError, zlib.error) as error:
            raise EvalError(f"{path} cannot be read past row {position}: {error}") from error


_Reader = Callable[[Path, int, int, int], Iterator[Row]]


def _reader(path: Path) -> _Reader:
    name = path.name.removesuffix(".gz")
    for ending, reader in _READERS.items():
        if name.endswith(ending):
            return reader
    raise EvalError(f"{path}: a data file's name ends in {', '.join(_READERS)}, or .gz behind those of JSON")


def _open(path: Path) -> BinaryIO:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _json_lines(path: Path, first: int, start: int, most: int) -> Iterator[Row]:
    position = first
    with _open(path) as stream:
        for number in count(1):
            line = stream.readline(most + 1)
            if not line:
                return
            whole = len(line) <= most
            while not whole and line and not line.endswith(b"\n"):
                line = stream.readline(CHUNK_BYTES)
            if whole and not line.strip():
                continue
            place = f"{path.name}:{number}"
            if position < start:
                yield Row(position=position, place=place)
            elif whole:
                yield _parsed(line.decode("utf-8", "surrogateescape"), position, place)
            else:
                yield Row(position=position, place=place, fault=f"the row is larger than {most} bytes")
            position += 1


def _parsed(text: str, position: int, place: str) -> Row:
    try:
        return Row(position=position, place=place, content=json.loads(text))
    except (ValueError, RecursionError) as error:
        return Row(position=position, place=place, fault=f"not JSON: {error}")


def _json_array(path: Path, first: int, _start: int, most: int) -> Iterator[Row]:
    with _open(path) as stream:
        for index, content in enumerate(_elements(stream, path, most)):
            yield Row(position=first + index, place=f"{path.name}[{index}]", content=content)


def _elements(stream: BinaryIO, path: Path, most: int) -> Iterator[object]:
    """The elements of one array; no more than one element and one chunk is in memory."""
    decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
    parser, text, opening = json.JSONDecoder(), "", "["
    for index in count():
        text, found = text.lstrip(_BLANK), None
        while found is None:
            if index and text.startswith("]"):
                return
            try:
                if text and not text.startswith(opening):
                    raise EvalError(f"{path}: {opening!r} stands before element {index} of a JSON array")
                body = text[1:].lstrip(_BLANK)
                if not index and body.startswith("]"):
                    return
                element, end = parser.raw_decode(body)
                # A number may go on in the next chunk, so an element ends where its follower is seen.
                found = (element, body[end:].lstrip(_BLANK)) if body[end:].strip(_BLANK) else None
                fault = "the array is not closed"
            except (json.JSONDecodeError, RecursionError) as error:
                fault = str(error)
            if found is None:
                chunk = stream.read(CHUNK_BYTES)
                if not chunk:
                    raise EvalError(f"{path} cannot be read past element {index}: {fault}")
                if len(text) > most:
                    raise EvalError(f"{path}: element {index} is larger than {most} bytes, or no JSON")
                text = (text + decode(chunk)).lstrip(_BLANK)
        opening, text = ",", found[1]
        yield found[0]


def _parquet(path: Path, first: int, start: int, most: int) -> Iterator[Row]:
    try:
        from pyarrow import ArrowException, parquet  # noqa: PLC0415 - an extra, and slow to import
    except ImportError as error:
        raise EvalError("Parquet files need pyarrow: pip install 'prorl-harness[data]'") from error
    position = first
    try:
        with parquet.ParquetFile(path, pre_buffer=False, buffer_size=CHUNK_BYTES) as file:
            for group in range(file.num_row_groups):
                size = file.metadata.row_group(group).num_rows
                if size and position + size <= start:
                    position += size
                    yield Row(position=position - 1, place="")  # counted, and not given on
                    continue
                for batch in file.iter_batches(batch_size=_PARQUET_ROWS, row_groups=[group]):
                    for index in range(batch.num_rows):
                        yield _from_batch(
                            batch, index, position, f"{path.name}: row {position - first}", most
                        )
                        position += 1
    except ArrowException as error:
        raise EvalError(f"{path} cannot be read past row {position - first}: {error}") from error


def _from_batch(batch: Any, index: int, position: int, place: str, most: int) -> Row:
    row = batch.slice(index, 1)
    if row.nbytes > most:
        return Row(position=position, place=place, fault=f"the row is larger than {most} bytes")
    try:
        return Row(position=position, place=place, content=row.to_pylist()[0])
    except ValueError as error:
        return Row(position=position, place=place, fault=f"no text: {error}")


_READERS: Final[dict[str, _Reader]] = {".jsonl": _json_lines, ".json": _json_array, ".parquet": _parquet}
