"""What a second of CPU time is worth on this machine.

A time limit is meant for some machine; on a slower one, or one whose cores are shared with others' work,
the same program takes longer, and right answers would turn into slow ones. So each backend runs a known
program a few times when it is opened, and stretches CPU limits by what that took; it never shortens them.
"""

from collections.abc import Callable
from typing import Final

from sandbox.execution import Execution
from sandbox.job import Job, Limits

REFERENCE_SECONDS: Final = 0.033
"""CPU time of `PROGRAM` on the machine that limits are meant for: one where a bare Python starts in 8 ms."""

PROGRAM: Final = Job(
    source="n = x = 0\nwhile n < 240_000: n += 1; x = (x * 31 + n) & 65535\nimport json\nprint(x)",
    limits=Limits(cpu_seconds=10, wall_seconds=60),
)
ANSWER: Final = b"60608\n"
_TRIES: Final = 3
_STEP: Final = 0.25
_MOST: Final = 4.0


def scale(run: Callable[[Job], Execution]) -> float:
    """CPU seconds here for one there: at least 1, at most 4, in quarters, so that noise does not show.

    Args:
        run: runs a job in the backend that is to be measured.
    """
    measured = min(run(PROGRAM).cpu_seconds for _ in range(_TRIES)) / REFERENCE_SECONDS
    # Within a third of the reference a machine is as good as it.
    steps = max(0.0, measured - 1.33) / _STEP
    return min(_MOST, 1.0 + _STEP * -(-steps // 1))
