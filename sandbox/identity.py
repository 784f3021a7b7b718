"""Who a program is outside its namespace: never root.

A program whose user is the real root outside can write the host's /proc/sys and passes by its
process limit, whatever it may be called inside. Root therefore hands out numbers that nobody has;
an ordinary user, who may hand out no number but its own, hands out that.
"""

import contextlib
import itertools
import os
import time
from pathlib import Path
from typing import Final

_BESIDE: Final = 8192
"""How many numbers are used in turn, so that slots that live at once differ."""

_BELIEVED_SECONDS: Final = 3.0
_counted: Final = [-_BELIEVED_SECONDS, 0.0]
_serial: Final = itertools.count(os.getpid() * 64)


def is_root() -> bool:
    """Whether this process is root where it runs."""
    return os.geteuid() == 0


def unused_users() -> tuple[int, int]:
    """Two neighbouring numbers of users (and of groups) that nobody has here, others at each call.

    They lie in the middle of the largest range that is mapped here: far from any real account.
    """
    turn = 2 * next(_serial) % _BESIDE
    ranges = [line.split() for line in Path("/proc/self/uid_map").read_text().splitlines()]
    first, _, count = max((tuple(map(int, words)) for words in ranges), key=lambda words: words[2])
    low = first + (count - _BESIDE) // 2 + turn
    return low, low + 1


def tasks_of_user() -> int:
    """How many processes and threads this process's user has on the whole machine, not older than seconds."""
    now = time.monotonic()
    if now - _counted[0] > _BELIEVED_SECONDS:
        user, tasks = os.geteuid(), 0
        for path in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if path.stat().st_uid == user:
                    tasks += path.joinpath("task").stat().st_nlink - 2
        _counted[:] = [now, tasks]
    return int(_counted[1])


def id_maps(box_user: int) -> dict[str, str]:
    """What to write into a new user namespace's files in /proc, in this order.

    For root, two users: 0, who serves and is nobody outside, and `box_user`, who is another nobody. For
    anyone else, `box_user` alone, who is oneself.
    """
    if is_root():
        low, high = unused_users()
        return {"gid_map": f"{box_user} {high} 1", "uid_map": f"0 {low} 1\n{box_user} {high} 1"}
    return {
        # The kernel wants this first from who may not change groups at will.
        "setgroups": "deny",
        "gid_map": f"{box_user} {os.getegid()} 1",
        "uid_map": f"{box_user} {os.geteuid()} 1",
    }
