"""The one folder that holds all state: database, checkpoints, bases, exports, broker."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.errors import ConfigError, HarnessError


@dataclass(frozen=True, slots=True)
class Home:
    """A home folder; two homes never touch each other."""

    path: Path

    @property
    def database_url(self) -> str:
        """`HARNESS_DATABASE_URL`, or the SQLite file in this home."""
        return os.environ.get("HARNESS_DATABASE_URL") or f"sqlite:///{self.path / 'harness.db'}"

    @property
    def broker_url(self) -> str:
        """`HARNESS_BROKER_URL`, or the folder in this home that serves as a broker."""
        return os.environ.get("HARNESS_BROKER_URL") or "filesystem://"

    @property
    def bases(self) -> Path:
        """Base models that were made here."""
        return self.path / "bases"

    @property
    def board(self) -> Path:
        """Where `harness demo` exports its pages."""
        return self.path / "board"

    def run(self, run_id: str) -> Path:
        """The folder of one run's checkpoints and models."""
        return self.path / "runs" / run_id


def open_home(path: Path | None = None) -> Home:
    """The home at `path`, else at `HARNESS_HOME`, else `.harness` here; made where missing.

    Raises:
        ConfigError: it cannot be made or written to.
    """
    chosen = path or Path(os.environ.get("HARNESS_HOME") or ".harness")
    chosen = chosen.expanduser().absolute()
    try:
        chosen.mkdir(parents=True, exist_ok=True)
        probe = chosen / f".write-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise ConfigError(
            f"home folder {chosen} cannot be written: {error.strerror or error}; "
            "name another by --home DIR or HARNESS_HOME"
        ) from error
    return Home(chosen)


@contextmanager
def exclusive(folder: Path, what: str) -> Iterator[None]:
    """Hold `folder` against other processes; a killed holder lets go by itself.

    Raises:
        HarnessError: another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise HarnessError(
                f"{what} is in use by another process; wait for it or stop it first"
            ) from error
        yield
