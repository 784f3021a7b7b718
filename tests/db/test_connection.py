import sqlite3
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from db.connection import Database, connect
from db.errors import StoreError
from db.store import open_store
from db.tables import VerifierRow


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("/home/me/harness.db", "no database URL: have sqlite:///PATH or postgresql"),
        ("mysql://me@here/harness", "databases by 'mysql' are not known: have sqlite"),
        ("sqlite://", "in memory is lost with its process"),
        ("sqlite:////proc/harness.db", "cannot be opened or made"),
        ("sqlite:////no/such/folder/harness.db", "cannot be opened or made"),
        ("postgresql://me@/harness?host=/no/such/folder", "the server does not let us in"),
    ],
)
def test_a_database_that_cannot_be_opened_says_why_and_what_to_do(url: str, message: str) -> None:
    with pytest.raises(StoreError, match=message):
        open_store(url)


def test_a_password_is_in_no_message() -> None:
    with pytest.raises(StoreError) as raised:
        open_store("postgresql://me:secret@/harness?host=/no/such/folder")
    assert "secret" not in str(raised.value)


def test_a_missing_driver_is_named_with_the_extra_that_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"psycopg.*pip install 'prorl-harness\[postgres\]'"):
        open_store("postgresql://me@here/harness")


def test_a_reader_makes_no_database(tmp_path: Path) -> None:
    path = tmp_path / "harness.db"
    with pytest.raises(StoreError, match="nothing was kept there yet"):
        open_store(f"sqlite:///{path}", create=False)
    assert not path.exists()


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear all, " * 100)
    with pytest.raises(StoreError, match="this file is something else"):
        open_store(f"sqlite:///{path}")
    assert path.read_text() == "Dear all, " * 100


def test_a_database_of_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "recipes.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE cake (flour)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"made by something else .*'cake'"):
        open_store(f"sqlite:///{path}")
    assert path.read_bytes() == before


def test_a_damaged_database_says_so(sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\x07" * (len(whole) - 4096))
    with pytest.raises(StoreError, match="damaged"), open_store(sqlite_url) as store:
        store.runs()


def test_a_file_that_may_not_be_written_says_so(sqlite_url: str) -> None:
    path = sqlite_url.removeprefix("sqlite:///")
    with (
        pytest.raises(StoreError, match="cannot be written"),
        open_store(f"sqlite:///file:{path}?mode=ro&uri=true") as store,
    ):
        store.create_run(id="r", name="r", fingerprint="f", recipe={}, base_model="b", planned_steps=1)


def fill(database: Database) -> None:
    """Write more than the file may grow to, which SQLite reports as it does a full disk."""
    long = [{"name": f"{number} " * 1000, "version": "1"} for number in range(1000)]
    with database.writing() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=200")
        connection.execute(insert(VerifierRow), long)


def test_a_full_disk_keeps_what_was_kept_and_loses_the_unit_whole(sqlite_url: str) -> None:
    database = connect(sqlite_url, create=False)
    with database.writing() as connection:
        connection.execute(insert(VerifierRow), [{"name": "math", "version": "1"}])
    with pytest.raises(StoreError, match="the disk is full; what was kept before is safe"):
        fill(database)
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(VerifierRow)) == 1
    database.close()


def test_a_store_may_be_closed_twice(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    store.close()
    store.close()
