"""Our end of a nursery: starts the process, asks it for workers, has it kill them."""

import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from rewards.errors import GradingError
from rewards.workers.channel import START_SECONDS, Worker


class NurseryLink:
    """Our end of the control socket; starts the process when first needed and again should it die."""

    def __init__(self, target: str, memory_bytes: int) -> None:
        self._target = target
        self._memory_bytes = memory_bytes
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._owner = os.getpid()
        self._closed = False
        self.generation = 0

    def fork(self) -> Worker:
        """A new worker, confined and ready.

        Raises:
            GradingError: none can be had; the message says why.
        """
        with self._lock:
            worker = self._ask() or self._ask()
        if worker is None:
            raise GradingError(f"the worker process for {self._target} keeps dying")
        try:
            worker.greet()
        except GradingError:
            self.kill(worker)
            raise
        return worker

    def kill(self, worker: Worker) -> None:
        """End one worker at once."""
        worker.close()
        with self._lock:
            if self._control is not None and worker.generation == self.generation:
                with suppress(OSError):
                    self._control.send(str(worker.pid).encode())

    def close(self) -> None:
        """End the nursery and so its workers. Safe to call twice."""
        with self._lock:
            self._closed = True
            self._stop()

    def _ask(self) -> Worker | None:
        """A worker just forked, or None where the nursery turned out to be dead."""
        control = self._running()
        ours, theirs = socket.socketpair()
        try:
            socket.send_fds(control, [b"fork"], [theirs.fileno()])
            pid = int(control.recv(64))
        except (OSError, ValueError):
            ours.close()
            self._stop()
            return None
        finally:
            theirs.close()
        return Worker(ours, pid, self.generation)

    def _running(self) -> socket.socket:
        if self._closed:
            raise GradingError(f"the workers for {self._target} were closed")
        if self._owner != os.getpid():
            raise GradingError(
                f"the workers for {self._target} were opened in process {self._owner} before a fork; "
                "open the grader in the process that uses it"
            )
        if self._control is None:
            self._control = self._start()
        return self._control

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [
            sys.executable,
            "-P",
            "-m",
            "rewards.workers.nursery",
            self._target,
            str(self._memory_bytes),
        ]
        with theirs:
            self._process = subprocess.Popen(
                command,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=_worker_environment(),
                start_new_session=True,
            )
        self.generation += 1
        ours.settimeout(START_SECONDS)
        try:
            word = ours.recv(4096)
        except TimeoutError:
            word = f"not ready after {START_SECONDS:g} s".encode()
        if word != b"ready":
            ours.close()
            self._stop()
            reason = word.decode(errors="replace").removeprefix("failed ") or "it ended without a word"
            raise GradingError(f"the worker process for {self._target} cannot start: {reason}")
        return ours

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _worker_environment() -> dict[str, str]:
    """Nothing of ours but the import path: no address, no secret. Hashes and threads are fixed."""
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join(str(Path(entry).resolve()) for entry in sys.path),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
