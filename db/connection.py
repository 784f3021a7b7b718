"""A connection to the database that is set up right, and one clear error for each way it fails.

SQLite is set up for several processes at once: a write-ahead log, so that readers never wait, and
every writing unit begun with `BEGIN IMMEDIATE`, so that writers queue up instead of failing with
"database is locked". Not for SQLite on a network file system, whose locks cannot be trusted.
"""

import json
import math
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from db.errors import StoreError

LOCK_SECONDS = 10.0
"""How long one unit waits for another process's writing unit to end."""

KNOWN: Final = "sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME"

MIGRATION_LOCK: Final = 0x70726F726C
"""Any number that every process here has in common."""

FULL: Final = "the disk is full; what was kept before is safe: free some space and run this again"
UNREACHABLE: Final = "the server does not let us in: check that it runs, has this database, and the URL"
ADVICE: Final = {
    "database or disk is full": FULL,
    "No space left on device": FULL,
    "disk I/O error": "the disk failed or is full; what was kept before is safe: see to it and try again",
    "readonly database": "it cannot be written: check the rights of the file and its folder",
    "unable to open database file": "it cannot be opened or made: check its folder and the rights there",
    "file is not a database": "this file is something else: name another, or move it away",
    "malformed": "the file is damaged: restore it from a copy, or move it away to begin anew",
    "database is locked": f"another process wrote for over {LOCK_SECONDS:.0f} s: try again when it is done",
    "connection failed": UNREACHABLE,
    "connection is bad": UNREACHABLE,
    "resolve host": UNREACHABLE,
}
"""What to do, by a part of what the database says."""


class Database:
    """One database, as units of reading and writing; safe to share between threads, not across a fork."""

    def __init__(self, engine: Engine, place: str) -> None:
        """Use `engine`; `place` is what messages call the database."""
        self._readers = engine.execution_options(writing=False)
        self._writers = engine.execution_options(writing=True)
        self.place = place

    @property
    def embedded(self) -> bool:
        """Whether it is SQLite."""
        return self._readers.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read, and keep nothing.

        Raises:
            StoreError: the database failed.
        """
        with _translated(self.place), self._readers.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One unit: all of it is kept, or nothing where it raises or the process dies.

        Raises:
            StoreError: the database failed, and nothing of the unit is kept.
        """
        with _translated(self.place), self._writers.begin() as connection:
            yield connection

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A writing unit for one process at a time, in which tables may be dropped and copied.

        Raises:
            StoreError: the database failed, and nothing of the unit is kept.
        """
        with _translated(self.place), self._writers.connect() as connection:
            try:
                with connection.execution_options(migrating=True).begin():
                    if not self.embedded:  # SQLite's writing unit is a lock already
                        connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
                    yield connection
            finally:
                connection.invalidate()  # it does not check foreign keys

    def write_ahead(self) -> None:
        """Turn SQLite's write-ahead log on; it stays on in the file.

        Raises:
            StoreError: the file cannot be written.
        """
        if not self.embedded:
            return
        deadline = time.monotonic() + LOCK_SECONDS
        with _translated(self.place), closing(self._writers.raw_connection()) as connection:
            while True:
                try:
                    connection.cursor().execute("PRAGMA journal_mode=WAL")
                    return
                except sqlite3.OperationalError as error:
                    # SQLite does not wait here by itself when another process opens the new file too
                    if "locked" not in str(error) or time.monotonic() > deadline:
                        raise
                    time.sleep(0.02)

    def close(self) -> None:
        """Let go of all connections. Safe to call twice."""
        self._readers.dispose()


def connect(url: str, *, create: bool) -> Database:
    """Reach the database at `url`; with `create`, a SQLite file that is missing is made.

    Raises:
        StoreError: not a database URL, nothing there, no driver, or it cannot be reached.
    """
    address = _address(url)
    place = address.render_as_string(hide_password=True)
    embedded = address.get_backend_name() == "sqlite"
    if embedded:
        place = _require_file(address, create=create)
    try:
        engine = create_engine(address, json_serializer=to_json, json_deserializer=json.loads)
    except ModuleNotFoundError as error:
        raise StoreError(
            f"{place} needs {error.name}, which is not installed: pip install 'prorl-harness[postgres]'"
        ) from error
    if embedded:
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return Database(engine, place)


def to_json(value: object) -> str:
    """JSON text that every engine takes: numbers that are not finite become null."""
    try:
        return json.dumps(value, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError):
        return json.dumps(_plain(value), allow_nan=False, separators=(",", ":"))


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise StoreError(f"{url!r} is no database URL: have {KNOWN}") from error
    if address.drivername in {"postgres", "postgresql"}:
        address = address.set(drivername="postgresql+psycopg")
    if address.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise StoreError(f"databases by {address.drivername!r} are not known: have {KNOWN}")
    return address


def _require_file(address: URL, *, create: bool) -> str:
    if not address.database or address.database == ":memory:":
        raise StoreError("a database in memory is lost with its process: have sqlite:///PATH")
    if not create and not Path(address.database).exists():
        raise StoreError(
            f"no database at {address.database}: nothing was kept there yet; `harness train` does"
        )
    return address.database


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver guesses where transactions begin; we say it
    for pragma in (f"busy_timeout={LOCK_SECONDS * 1000:.0f}", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    if connection.get_execution_options().get("migrating", False):
        # Dropping a table, as SQLite's way of altering one does, would delete what refers to it.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def _translated(place: str) -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        said = str(cause).strip().partition("\n")[0]
        advice = next((advice for words, advice in ADVICE.items() if words in said), None)
        raise StoreError(f"database {place}: {advice or 'failed'} ({said})") from error
