"""Who a program is outside its namespace: never root.

A program whose user is the real root outside can write the host's /proc/sys and passes by its
process limit, whatever it may be called inside. Root therefore hands out numbers that nobody has;
an ordinary user, who may hand out no number but its own, hands out that.
"""

import itertools
import os
from pathlib import Path
from typing import Final

_BESIDE: Final = 4096
"""How many numbers are used in turn, so that programs that run at once differ."""

_serial: Final = itertools.count(os.getpid() * 64)


def is_root() -> bool:
    """Whether this process is root where it runs."""
    return os.geteuid() == 0


def write_id_maps(pid: int, inside: int) -> None:
    """Map the number `inside` of the new user namespace of process `pid` to one that is safe.

    Raises:
        OSError: not permitted: root without the capabilities to set user and group, as a rule.
    """
    folder = Path("/proc", str(pid))
    if is_root():
        turn = next(_serial) % _BESIDE
        user, group = _unused("uid_map") + turn, _unused("gid_map") + turn
    else:
        # The kernel wants this first from who may not change groups at will.
        (folder / "setgroups").write_text("deny")
        user, group = os.geteuid(), os.getegid()
    (folder / "gid_map").write_text(f"{inside} {group} 1")
    (folder / "uid_map").write_text(f"{inside} {user} 1")


def _unused(name: str) -> int:
    """A place in the middle of the largest range that is mapped here: far from any real account."""
    ranges = [line.split() for line in Path("/proc/self", name).read_text().splitlines()]
    first, _, count = max((tuple(map(int, words)) for words in ranges), key=lambda words: words[2])
    return first + (count - _BESIDE) // 2
