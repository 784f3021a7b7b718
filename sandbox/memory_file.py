"""Files in memory: how inputs get into a slot and outputs out of it, with nothing to drain or to wait for."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from typing import Final

_SEALS: Final = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE


@contextlib.contextmanager
def memory_file(name: str) -> Iterator[int]:
    """An empty one, open for the length of the block; nobody can seal it."""
    descriptor = os.memfd_create(name)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def sealed(name: str, content: bytes) -> Iterator[int]:
    """One that holds `content`, at its start, and can never be changed again."""
    descriptor = os.memfd_create(name, os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        fill(descriptor, content)
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SEALS)
        yield descriptor
    finally:
        os.close(descriptor)


def fill(descriptor: int, content: bytes) -> None:
    """Write `content` to a new file, and go back to its start."""
    if not content:
        return
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
    os.lseek(descriptor, 0, os.SEEK_SET)


def read_all(descriptor: int) -> bytes:
    """What is in one, whole."""
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0)
