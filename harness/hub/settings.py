"""What a hub is told: where its state lies, where it listens, and who grades."""

from dataclasses import dataclass
from pathlib import Path

FOLDER_BROKER = "filesystem://"


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSettings:
    """One hub's settings; the API process and its workers are given equal ones."""

    home: Path
    database_url: str
    """The database that keeps what the page shows and, where rows are queued, the queue."""
    broker_url: str = FOLDER_BROKER
    """What wakes the workers: `filesystem://` for folders under the home, or a URL that Celery takes."""
    host: str = "127.0.0.1"
    port: int = 8000
    """0 takes a free one."""
    workers: int = 0
    """Grading processes to start here."""
    sandbox: str = "auto"
    chunk_rows: int = 32
    """The most rows that a worker claims at a time."""
    lease_seconds: float = 30.0
    """How long a claim lasts without a sign of life; a dead worker's rows wait this long."""
    deadline_seconds: float = 600.0
    """How long a request may wait for workers; what is not graded by then is `infra_error`."""

    @property
    def queued(self) -> bool:
        """Whether rows go through the queue; they are graded in the API's own process otherwise.

        They do where workers are started here, or where a broker is named that others share.
        """
        return self.workers > 0 or self.broker_url != FOLDER_BROKER
