"""A store on each engine: SQLite in a file, and a PostgreSQL server of our own for the session."""

import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from db.store import Store, open_store
from db.tables import Table

OWNER = "postgres" if os.geteuid() == 0 else None
"""Whom the server runs as; PostgreSQL refuses to run as root."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[Path]:
    """The socket folder of a PostgreSQL server whose database `ours` has our tables."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    assert installed, "these tests start a PostgreSQL server: apt-get install postgresql"
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    if OWNER:
        shutil.chown(folder, OWNER)
    data = folder / "data"
    subprocess.run(
        [installed[-1] / "initdb", "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True,
        user=OWNER,
        cwd=folder,
        stdout=subprocess.DEVNULL,
    )
    settings = ["-c", "fsync=off", "-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}"]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [installed[-1] / "postgres", "-D", data, *settings], user=OWNER, cwd=folder, stderr=log
        )
    try:
        _wait_for(folder, server)
        _administer(folder, "CREATE DATABASE ours")
        open_store(_url(folder, "ours")).close()
        yield folder
    finally:
        server.send_signal(2)  # ends all sessions and then itself
        server.wait()
        shutil.rmtree(folder)


@pytest.fixture
def postgres_url(postgres: Path) -> str:
    """The PostgreSQL database that has our tables, with nothing in them."""
    tables = ", ".join(Table.metadata.tables)
    with _connection(postgres, "ours") as connection:
        connection.execute(f"TRUNCATE {tables} RESTART IDENTITY".encode())
    return _url(postgres, "ours")


@pytest.fixture
def empty_postgres_url(postgres: Path) -> Iterator[str]:
    """A PostgreSQL database without any table."""
    name = f"test_{uuid.uuid4().hex}"
    _administer(postgres, f"CREATE DATABASE {name}")
    yield _url(postgres, name)
    _administer(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def sqlite_ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database that has our tables, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "ours.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def sqlite_url(sqlite_ours: Path, tmp_path: Path) -> str:
    """A SQLite database with nothing in our tables."""
    return f"sqlite:///{shutil.copy(sqlite_ours, tmp_path / 'harness.db')}"


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """Where a SQLite database may be made."""
    return f"sqlite:///{tmp_path / 'new.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.service)])
def url(request: pytest.FixtureRequest) -> str:
    """An empty database of each engine."""
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture(params=["empty_sqlite", pytest.param("empty_postgres", marks=pytest.mark.service)])
def empty_url(request: pytest.FixtureRequest) -> str:
    """A database of each engine without any table."""
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An open store of each engine."""
    with open_store(url) as opened:
        yield opened


def _url(folder: Path, name: str) -> str:
    return f"postgresql://tester@/{name}?host={folder}"


def _connection(folder: Path, name: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(f"host={folder} user=tester dbname={name}", autocommit=True)


def _administer(folder: Path, command: str) -> None:
    with _connection(folder) as connection:
        connection.execute(command.encode())


def _wait_for(folder: Path, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert server.poll() is None, (folder / "log").read_text()
        try:
            _administer(folder, "SELECT 1")
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    pytest.fail((folder / "log").read_text())
