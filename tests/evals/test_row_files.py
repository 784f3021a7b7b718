import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from evals import row_files
from evals.errors import EvalError
from evals.row_files import rows_of
from tests.published_rows import write_json_lines, write_parquet

ROWS = [{"n": number, "text": "x" * number} for number in range(7)]


def write(path: Path, rows: list[Any]) -> Path:
    if path.suffix == ".parquet":
        return write_parquet(path, rows)
    if path.suffix == ".json":
        path.write_text(json.dumps(rows, indent=1))
    elif path.suffix == ".gz":
        path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    else:
        write_json_lines(path, rows)
    return path


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.json", "a.parquet"])
def test_every_form_gives_the_rows_in_order_from_any_position(name: str, tmp_path: Path) -> None:
    files = [write(tmp_path / f"{number}{name}", ROWS) for number in range(2)]
    both = list(rows_of(files))
    assert [row.content for row in both] == ROWS * 2
    assert [row.position for row in both] == list(range(14))
    assert len({row.place for row in both}) == 14
    for start in range(16):
        assert list(rows_of(files, start=start)) == both[start:]


def test_a_bad_line_stops_no_other(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(
        b'{"n": 1}\n\n{"n": \n{"n": "\xff"}\n{"n": 2}' + b"\n" + b"[" * 100_000 + b'\n{"n": 3}\n'
    )
    rows = list(rows_of([path]))
    assert [row.place for row in rows] == [f"rows.jsonl:{line}" for line in (1, 3, 4, 5, 6, 7)]
    assert [bool(row.fault) for row in rows] == [False, True, False, False, True, False]
    assert rows[2].content == {"n": "\udcff"}, "what is no UTF-8 stays known as such"


@pytest.mark.parametrize("name", ["a.jsonl", "a.parquet"])
def test_a_huge_row_is_not_read_and_stops_no_other(name: str, tmp_path: Path) -> None:
    path = write(tmp_path / name, [{"text": "x"}, {"text": "x" * 5_000_000}, {"text": "y"}])
    first, huge, last = rows_of([path], max_row_bytes=100_000)
    assert (first.content, last.content) == ({"text": "x"}, {"text": "y"})
    assert huge.content is None
    assert "larger than 100000 bytes" in huge.fault


def test_a_huge_element_of_an_array_is_the_files_fault(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", [{"text": "x"}, {"text": "x" * 5_000_000}])
    rows = rows_of([path], max_row_bytes=100_000)
    assert next(rows).content == {"text": "x"}
    with pytest.raises(EvalError, match="element 1 is larger than 100000 bytes"):
        next(rows)


@pytest.mark.parametrize(
    "text", ['{"n": 1}', '[{"n": 1}, {"n": ', '[{"n": 1} {"n": 2}]', "[1", "", "[1,]", "x"]
)
def test_a_broken_array_is_the_files_fault(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(EvalError, match=r"a\.json"):
        list(rows_of([path]))


@given(st.lists(st.recursive(st.integers() | st.text() | st.none(), st.lists, max_leaves=4)))
def test_an_array_is_read_alike_whatever_the_size_of_a_chunk(rows: list[Any]) -> None:
    import tempfile  # noqa: PLC0415 - hypothesis takes no fixture of a function

    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "a.json"
        path.write_text(f" {json.dumps(rows)}\n", encoding="utf-8")
        patch.setattr(row_files, "CHUNK_BYTES", 3)
        assert [row.content for row in rows_of([path])] == rows


def test_text_in_parquet_that_is_no_utf8_stops_no_other(tmp_path: Path) -> None:
    column = pa.array([b"good", b"\xff\xfe", b"fine"]).view(pa.string())
    parquet.write_table(pa.table({"text": column}), tmp_path / "a.parquet")
    rows = list(rows_of([tmp_path / "a.parquet"]))
    assert [row.content for row in rows] == [{"text": "good"}, None, {"text": "fine"}]
    assert "no text" in rows[1].fault


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"a,b\n", "a data file's name ends in .jsonl, .json, .parquet"),
        ("a.parquet", b"PAR1 no more", "cannot be read past row 0"),
        ("a.jsonl.gz", gzip.compress(b'{"n": 1}\n' * 5000)[:-20], "cannot be read past row"),
    ],
)
def test_a_file_that_cannot_be_read_says_so(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(EvalError, match=said):
        list(rows_of([tmp_path / name]))
    with pytest.raises(EvalError, match="cannot be read"):
        list(rows_of([tmp_path / "gone.jsonl"]))


READ: str = """
import re, sys
from pathlib import Path
from evals.row_files import rows_of
assert sum(len(row.content["text"]) for row in rows_of([Path(sys.argv[1])])) == 2000 * int(sys.argv[2])
print(re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


def test_memory_does_not_grow_with_a_row_group(tmp_path: Path) -> None:
    held = {}
    for count in (500, 25_000):
        texts = [os.urandom(1000).hex() for _ in range(count)]
        parquet.write_table(pa.table({"text": texts}), tmp_path / "a.parquet", row_group_size=count)
        command = [sys.executable, "-c", READ, str(tmp_path / "a.parquet"), str(count)]
        held[count] = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert held[25_000] - held[500] < 25 * 1024, "the group is 50 MB"
