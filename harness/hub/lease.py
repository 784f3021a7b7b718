"""A worker's claim on a chunk of rows, kept up for as long as it grades them."""

import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from db.errors import StoreError
from db.store import Store
from harness.hub.broker import CHUNK_LIMIT_SECONDS
from rewards.submission import Submission

log = logging.getLogger(__name__)


class Lease:
    """This process's claim on one chunk; renewed for at most `CHUNK_LIMIT_SECONDS`."""

    def __init__(self, store: Store, chunk_id: int, seconds: float) -> None:
        self._store = store
        self._chunk_id = chunk_id
        self._seconds = seconds
        self._worker = f"{socket.gethostname()}:{os.getpid()}"

    def claim(self) -> list[tuple[int, Submission]] | None:
        """The chunk's rows with their positions, or None where there is nothing to do."""
        return self._store.claim_chunk(self._chunk_id, worker=self._worker, lease_seconds=self._seconds)

    @contextmanager
    def renewed(self) -> Iterator[None]:
        """Renew the lease meanwhile, so that slow rows are not taken for a dead worker's."""
        done = threading.Event()
        keeper = threading.Thread(target=self._renew_until, args=(done,), name="lease keeper", daemon=True)
        keeper.start()
        try:
            yield
        finally:
            done.set()
            keeper.join()

    def _renew_until(self, done: threading.Event) -> None:
        give_up_at = time.monotonic() + CHUNK_LIMIT_SECONDS
        while not done.wait(self._seconds / 3) and time.monotonic() < give_up_at:
            try:
                self._store.renew_chunk(self._chunk_id, worker=self._worker, lease_seconds=self._seconds)
            except StoreError as error:
                log.warning("the lease on chunk %s was not renewed: %s", self._chunk_id, error)
