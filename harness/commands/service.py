"""`harness serve` and `harness worker`: the hub's processes."""

from pathlib import Path

from harness.home import open_home
from harness.hub.service import serve
from harness.hub.settings import HubSettings
from harness.hub.worker import run_worker


def serve_hub(home: Path | None, *, host: str, port: int, workers: int, sandbox: str) -> None:
    """Serve until stopped."""
    serve(_settings(home, host=host, port=port, workers=workers, sandbox=sandbox))


def run_hub_worker(home: Path | None, *, workers: int, sandbox: str) -> None:
    """Work until stopped."""
    run_worker(_settings(home, workers=workers, sandbox=sandbox))


def _settings(
    home: Path | None, *, workers: int, sandbox: str, host: str = "127.0.0.1", port: int = 0
) -> HubSettings:
    opened = open_home(home)
    return HubSettings(
        home=opened.path,
        database_url=opened.database_url,
        broker_url=opened.broker_url,
        host=host,
        port=port,
        workers=workers,
        sandbox=sandbox,
    )
