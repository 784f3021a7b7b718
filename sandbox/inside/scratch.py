"""The places that a program may write to, emptied after each one."""

import os
import stat

MOST_STEPS = 20_000
"""A tree that takes more steps to remove is left to the end of its slot."""


class CannotEmpty(Exception):
    """What a program left cannot be removed in reasonable time."""


class Scratch:
    """Directories on small file systems of a slot's own, mostly one; none where it may not write at all.

    Args:
        places: absolute paths; the first is where programs lie and start.
        owned_by_program: whether the program may change the places themselves.
    """

    def __init__(self, places: "list[str]", *, owned_by_program: bool) -> None:
        self._places = places
        self._owned_by_program = owned_by_program
        apart = {os.stat(place).st_dev: place for place in reversed(places)}
        self._apart = list(apart.values())
        """One place on each file system."""
        self._free = self._counted()

    def _counted(self) -> "list[int]":
        return [os.statvfs(place).f_ffree for place in self._apart]

    def __bool__(self) -> bool:
        """Whether there is any place to write to."""
        return bool(self._places)

    def empty(self) -> None:
        """Remove everything.

        Raises:
            CannotEmpty: the slot is of no more use.
        """
        if not self._places:
            return
        if self._owned_by_program:
            for place in self._places:
                os.chmod(place, 0o1777)
        # A file that nobody has open any more, and that has no name, is gone already.
        if self._counted() == self._free:
            return
        steps = [0]
        try:
            for place in self._places:
                descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
                try:
                    _empty(descriptor, 0, steps)
                finally:
                    os.close(descriptor)
        except OSError as error:
            raise CannotEmpty(str(error)) from None
        if self._counted() != self._free:
            raise CannotEmpty("something is left that has no name")


def _empty(directory: int, depth: int, steps: "list[int]") -> None:
    if depth > 40:
        raise CannotEmpty("a tree is too deep")
    for name in os.listdir(directory):
        steps[0] += 1
        if steps[0] > MOST_STEPS:
            raise CannotEmpty("there is too much")
        kind = os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode
        if not stat.S_ISDIR(kind):
            os.unlink(name, dir_fd=directory)
            continue
        os.chmod(name, 0o700, dir_fd=directory)
        inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=directory)
        try:
            _empty(inner, depth + 1, steps)
        finally:
            os.close(inner)
        os.rmdir(name, dir_fd=directory)


def lay(place: str, files: "dict[str, bytes]") -> None:
    """Write files into a place.

    Raises:
        OSError: they do not fit.
    """
    for name, content in files.items():
        descriptor = os.open(f"{place}/{name}", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
        try:
            view = memoryview(content)
            while view:
                view = view[os.write(descriptor, view) :]
        finally:
            os.close(descriptor)


def collect(place: str, name: str, target: int, most_bytes: int) -> int:
    """Copy a regular file that a program left into the descriptor `target`.

    Returns:
        Its size; -1 where there is no such file, or it is larger than `most_bytes`.
    """
    try:
        descriptor = os.open(f"{place}/{name}", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return -1
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_size > most_bytes:
            return -1
        left = found.st_size
        while left:
            content = os.read(descriptor, min(left, 1 << 20))
            if not content:
                return -1
            left -= len(content)
            while content:
                content = content[os.write(target, content) :]
        return found.st_size
    finally:
        os.close(descriptor)
