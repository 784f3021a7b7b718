"""The process that raises workers: imports a heavy library once, then forks a worker on request.

Started by `rewards.workers.nursery_link` as `python -m rewards.workers.nursery MODULE:FUNCTION BYTES`
with a control socket as standard input. It runs nothing that a model wrote and stays single-threaded,
so that a fork is safe and takes milliseconds where a fresh import takes seconds. A forked worker
confines itself before it reads its first item. When the control socket closes the nursery ends, and
the workers with it, since each asked to die with its parent.

Not covered: limits on time. The process that sends the items watches the clock.
"""

import gc
import importlib
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import Any, NoReturn

from rewards.workers.frames import FrameReader, encode
from sandbox.confinement import confine_this_process

Task = Callable[[Any], Any]
"""What a worker calls with each item; items and results are JSON values."""


def main(target: str, memory_bytes: int) -> None:
    """Serve fork and kill requests until the control socket closes."""
    control = _blocking(os.dup(0))
    _silence_standard_streams()
    try:
        task = _load(target)
    except Exception as error:  # noqa: BLE001 - a worker's entry: whatever went wrong is to be told
        control.send(f"failed {type(error).__name__}: {error}".encode()[:4000])
        return
    gc.collect()
    gc.freeze()
    control.send(b"ready")
    while True:
        request, descriptors, _, _ = socket.recv_fds(control, 64, 1)
        if not request:
            return
        if descriptors:
            control.send(str(_fork(control, descriptors[0], task, memory_bytes)).encode())
        else:
            _kill(int(request))


def _blocking(descriptor: int) -> socket.socket:
    """A socket that waits, though who made it (gevent) may have made it one that does not."""
    channel = socket.socket(fileno=descriptor)
    channel.setblocking(True)
    return channel


def _silence_standard_streams() -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    os.close(null)


def _load(target: str) -> Task:
    module_name, _, attribute = target.partition(":")
    module = importlib.import_module(module_name)
    warm_up: Callable[[], None] | None = getattr(module, "warm_up", None)
    if warm_up is not None:
        warm_up()
    task: Task = getattr(module, attribute)
    return task


def _fork(control: socket.socket, descriptor: int, task: Task, memory_bytes: int) -> int:
    pid = os.fork()
    if pid == 0:
        control.close()
        _work(_blocking(descriptor), task, memory_bytes)
    os.close(descriptor)
    return pid


def _kill(pid: int) -> None:
    """Kill and reap one worker. Its pid cannot have been given anew: only we reap."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _work(channel: socket.socket, task: Task, memory_bytes: int) -> NoReturn:
    try:
        confine_this_process(memory_bytes=memory_bytes)
    except Exception as error:  # noqa: BLE001 - a worker's entry: whatever went wrong is to be told
        channel.sendall(encode({"failed": f"{type(error).__name__}: {error}"}))
        os._exit(1)
    reader = FrameReader()
    nonce: str | None = None
    while data := channel.recv(1 << 16):
        for message in reader.feed(data):
            if nonce is None:
                nonce = message["nonce"]
                channel.sendall(encode({"nonce": nonce}))
            else:
                channel.sendall(_answer(task, message, nonce))
    os._exit(0)


def _answer(task: Task, message: dict[str, Any], nonce: str) -> bytes:
    stamp: dict[str, Any] = {"nonce": nonce, "number": message["number"]}
    started = time.monotonic()
    try:
        result = task(message["item"])
        stamp |= {"cpu": time.process_time(), "wall": time.monotonic() - started}
        return encode(stamp | {"result": result})
    except MemoryError:
        return encode(stamp | {"memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss})
    except BaseException as error:  # noqa: BLE001 - a worker's entry; an item may raise SystemExit
        return encode(stamp | {"error": f"{type(error).__name__}: {error}"[:500]})


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
