"""Hubs to talk to: a real server on a free port, in this process."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn

from db.store import Store, open_store
from harness.hub.app import create_app
from harness.hub.dispatch import Dispatch, InlineDispatch
from harness.hub.settings import HubSettings
from rewards.grader import LocalGrader


@contextmanager
def serving(dispatch: Dispatch, store: Store) -> Iterator[str]:
    """A hub on a free port; gives its address."""
    config = uvicorn.Config(create_app(dispatch=dispatch, store=store), log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def settings_at(home: Path, *, lease_seconds: float = 30.0, deadline_seconds: float = 60.0) -> HubSettings:
    """One worker process, and chunks small enough that a test has several."""
    return HubSettings(
        home=home,
        database_url=f"sqlite:///{home / 'harness.db'}",
        workers=1,
        chunk_rows=8,
        lease_seconds=lease_seconds,
        deadline_seconds=deadline_seconds,
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    home = tmp_path_factory.mktemp("store")
    with open_store(f"sqlite:///{home / 'harness.db'}") as opened:
        yield opened


@pytest.fixture(scope="module")
def hub(store: Store) -> Iterator[str]:
    """A hub that grades in its own process."""
    dispatch = InlineDispatch(LocalGrader(sandbox="scripted"), store, sandbox="scripted")
    with serving(dispatch, store) as url:
        yield url
    dispatch.close()


@pytest.fixture(scope="module")
def http(hub: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=hub, timeout=30) as client:
        yield client
