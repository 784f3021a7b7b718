"""The hub as a running service: the API in this process, workers in others that end with it.

Not covered: running as a daemon, TLS and several API processes; a process manager and a proxy do that.
"""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType
from typing import Final

import uvicorn

from db.store import Store, open_store
from harness.errors import HarnessError
from harness.hub.app import create_app
from harness.hub.broker import create_celery
from harness.hub.dispatch import CeleryDispatch, Dispatch, InlineDispatch
from harness.hub.settings import HubSettings
from harness.hub.worker import settings_line
from rewards.grader import LocalGrader

log = logging.getLogger(__name__)

REQUEST_GOODBYE_SECONDS: Final = 5
"""How long requests get to end by themselves."""
WORKER_GOODBYE_SECONDS: Final = 2
"""How long a worker gets then, which nobody waits for any more; Celery alone would take up to 7."""
RESTART_PAUSE_SECONDS: Final = 1.0
KEEPER_PAUSE_SECONDS: Final = 0.2
INLINE_THREADS: Final = 2


def serve(settings: HubSettings) -> None:
    """Serve until Ctrl-C or SIGTERM; prints the address once it listens.

    Raises:
        HarnessError: the port is taken or the host is not this machine's; nothing was started.
        StoreError: the database cannot be opened.
    """
    with ExitStack() as stack:
        listener = stack.enter_context(_listen(settings.host, settings.port))
        store = stack.enter_context(open_store(settings.database_url))
        dispatch = open_dispatch(settings, store)
        if settings.workers:
            stack.enter_context(_workers(settings))
        stack.callback(dispatch.close)  # before the workers are stopped: nobody waits for them then
        host, port = listener.getsockname()[:2]
        print(f"hub at http://{f'[{host}]' if ':' in host else host}:{port}", flush=True)  # noqa: T201
        _run_until_stopped(uvicorn.Server(_server_config(dispatch, store)), listener)


def open_dispatch(settings: HubSettings, store: Store) -> Dispatch:
    """Where rows are graded: through the queue, or in this process. A request never names a module."""
    if settings.queued:
        return CeleryDispatch(store, create_celery(settings), settings)
    grader = LocalGrader(
        sandbox=settings.sandbox, workers=INLINE_THREADS, own=False, on_open=store.register_verifier
    )
    return InlineDispatch(grader, store, sandbox=settings.sandbox)


def _server_config(dispatch: Dispatch, store: Store) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(dispatch=dispatch, store=store),
        log_level="warning",
        lifespan="off",
        timeout_graceful_shutdown=REQUEST_GOODBYE_SECONDS,
    )


def _run_until_stopped(server: uvicorn.Server, listener: socket.socket) -> None:
    # uvicorn passes on the signal that stopped it once it has shut down; taken as an ordinary end
    # here, so that what was opened is closed.
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        log.info("the hub stops")
    finally:
        signal.signal(signal.SIGTERM, before)


def _leave(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def _listen(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens; taken before anything else starts, so that nothing starts in vain."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.create_server(address[:2], family=family)
    except OSError as error:
        # The system's own words where the number is the system's; names that cannot be found have others.
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error
        raise HarnessError(
            f"cannot listen on {host} port {port}: {reason}; "
            "--port names another, and --port 0 takes a free one"
        ) from error
    with listener:
        yield listener


@contextmanager
def _workers(settings: HubSettings) -> Iterator[None]:
    """A Celery worker of `settings.workers` processes; started again should it end by itself."""
    stopping = threading.Event()
    # A worker dies with the thread that started it (see `harness.hub.worker.main`), so one thread
    # stays with it from its start to its end.
    keeper = threading.Thread(target=_keep_worker, args=(settings, stopping), name="worker keeper")
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        keeper.join()


def _keep_worker(settings: HubSettings, stopping: threading.Event) -> None:
    while not stopping.is_set():
        with start_worker(settings) as process:
            while process.poll() is None and not stopping.wait(KEEPER_PAUSE_SECONDS):
                pass
            if process.poll() is None:
                stop_worker(process)
        if not stopping.wait(RESTART_PAUSE_SECONDS):
            log.warning("the worker ended with code %s and is started again", process.returncode)


def start_worker(settings: HubSettings) -> subprocess.Popen[bytes]:
    """Start a worker process that ends when this thread does."""
    # A session of its own: Ctrl-C at the terminal reaches the hub, which then stops its worker.
    process = subprocess.Popen(
        [sys.executable, "-m", "harness.hub.worker"], stdin=subprocess.PIPE, start_new_session=True
    )
    if process.stdin is not None:
        with suppress(BrokenPipeError), process.stdin as pipe:  # broken where it died at once
            pipe.write(settings_line(settings))
    return process


def stop_worker(process: subprocess.Popen[bytes]) -> None:
    """End a worker with all its processes. A chunk it was at goes to another by its lease."""
    process.terminate()
    try:
        process.wait(WORKER_GOODBYE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
