"""The hub's worker: takes a chunk of rows from the database, grades it, and keeps the verdicts.

Celery brings only the chunk's id. Whatever happens here, the chunk's lease decides: a worker that
dies lets it run out, and another one takes the chunk.

Not covered: starting several machines' workers; `harness worker` is run on each.
"""

import ctypes
import json
import logging
import os
import signal
import socket
import sys
import warnings
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Final

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import worker_process_init, worker_process_shutdown

from db.store import Store, open_store
from harness.hub.broker import GRADE_CHUNK, create_celery
from harness.hub.lease import Lease
from harness.hub.settings import HubSettings
from rewards.grader import LocalGrader

log = logging.getLogger(__name__)

PR_SET_PDEATHSIG: Final = 1
"""From <linux/prctl.h>."""


class ChunkGrader:
    """Grades chunks in one worker process, with a grader and a store of its own.

    Both are opened at the first chunk, which is after the fork that made the process.
    """

    def __init__(self, settings: HubSettings) -> None:
        self._settings = settings
        self._store: Store | None = None
        self._grader: LocalGrader | None = None

    def grade(self, chunk_id: int) -> None:
        """Grade one chunk, if it is still to be had. Lets nothing out that could end the worker."""
        try:
            self._grade(chunk_id)
        except Exception:  # the entry loop of a worker: Celery 5.7 dies of a MemoryError that gets out
            log.exception("chunk %s was not graded; its lease will run out", chunk_id)

    def close(self) -> None:
        """Give back the grader's workers and the database. Safe to call twice."""
        if self._grader is not None:
            self._grader.close()
        if self._store is not None:
            self._store.close()
        self._grader = self._store = None

    def _grade(self, chunk_id: int) -> None:
        if self._store is None:
            self._store = open_store(self._settings.database_url)
        if self._grader is None:
            self._grader = LocalGrader(sandbox=self._settings.sandbox, on_open=self._store.register_verifier)
        lease = Lease(self._store, chunk_id, self._settings.lease_seconds)
        claimed = lease.claim()
        if claimed is None:
            return
        with lease.renewed():
            verdicts = self._grader.grade([submission for _, submission in claimed])
        positions = [position for position, _ in claimed]
        self._store.keep_chunk_verdicts(chunk_id, list(zip(positions, verdicts, strict=True)))


def create_worker(settings: HubSettings) -> Celery:
    """The Celery application of a worker: its one task grades one chunk."""
    app = create_celery(settings)
    grader = ChunkGrader(settings)

    def grade_chunk(chunk_id: int) -> None:
        grader.grade(chunk_id)

    app.task(grade_chunk, name=GRADE_CHUNK)

    def begin(**_: object) -> None:
        _die_with_parent(signal.SIGKILL)

    def end(**_: object) -> None:
        grader.close()

    worker_process_init.connect(begin, weak=False)
    worker_process_shutdown.connect(end, weak=False)
    return app


def run_worker(settings: HubSettings) -> int:
    """Work in `settings.workers` processes until told to stop by SIGTERM or Ctrl-C; the exit code.

    Raises:
        StoreError: the database cannot be opened.
    """
    open_store(settings.database_url).close()
    # It warns root of pickled messages, which are not accepted here.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    worker = create_worker(settings).Worker(
        pool_cls="prefork",
        concurrency=max(1, settings.workers),
        hostname=f"harness-{os.getpid()}@{socket.gethostname()}",
        loglevel="WARNING",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    worker.start()
    return int(worker.exitcode or 0)


def settings_line(settings: HubSettings) -> bytes:
    """The settings as the line that a worker's process reads; a pipe hides passwords from `ps`."""
    return json.dumps(asdict(settings), default=str).encode() + b"\n"


def main() -> int:
    """A worker as a child of `harness serve`: settings on standard input, and it dies with its parent."""
    _die_with_parent(signal.SIGTERM)
    fields = json.loads(sys.stdin.readline())
    return run_worker(HubSettings(**{**fields, "home": Path(fields["home"])}))


def _die_with_parent(with_signal: signal.Signals) -> None:
    """Be sent a signal when the parent is gone, however it went. Linux only."""
    with suppress(AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, with_signal)


if __name__ == "__main__":
    raise SystemExit(main())
