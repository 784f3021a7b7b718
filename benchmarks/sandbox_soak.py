"""A long run of the sandbox: nothing may grow, and no honest verdict may flip under load.

`python -m benchmarks.sandbox_soak [--programs 100000] [--repeats 1000]` prints what was in use before and
after (tasks, descriptors, cgroups, mounts, memory of this process and of its slots), and how many verdicts
of honest programs differed while other work kept every core busy.
"""

import argparse
import itertools
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sandbox.backends.embedded import EmbeddedBackend
from sandbox.execution import Status
from sandbox.job import MIB, Job, Limits

LIMITS = Limits(cpu_seconds=1, wall_seconds=20, memory_bytes=128 * MIB, file_bytes=1 * MIB)
HONEST = [
    ("print(input()[::-1])", b"olleh\n"),
    ("import sys, collections\nprint(collections.Counter(sys.stdin.read()).most_common(1))", b"[('l', 2)]\n"),
    ("open('/tmp/x', 'w').write('kept')\nprint(open('/tmp/x').read())", b"kept\n"),
    ("n = 0\nfor i in range(200_000): n += i\nprint(n)", b"19999900000\n"),
    ("import threading\nt = threading.Thread(target=print, args=('t',))\nt.start()\nt.join()", b"t\n"),
]
_LOT = 500
HARSH = [
    ("raise SystemExit(3)", Status.NONZERO_EXIT),
    ("import os; os.kill(os.getpid(), 11)", Status.SIGNAL),
    ("x = bytearray(1 << 30)", Status.MEMORY_LIMIT),
    ("import os\nfor _ in range(3): os.fork()\nopen(f'/tmp/{os.getpid()}', 'w')", Status.OK),
    ("import os\nfor i in range(50): os.makedirs(f'd{i}/e')", Status.OK),
]


def main() -> int:
    """Run both parts; 1 where something grew or flipped."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--programs", type=int, default=100_000)
    arguments.add_argument("--repeats", type=int, default=1_000)
    options = arguments.parse_args()
    backend = EmbeddedBackend()
    bad = _soak(backend, options.programs) + _flips(backend, options.repeats)
    backend.close()
    left = len(list(Path("/sys/fs/cgroup").glob(f"*/**/harness-sandbox-{os.getpid()}-*")))
    _say(f"cgroups left after closing: {left}")
    return 1 if bad or left else 0


def _soak(backend: EmbeddedBackend, programs: int) -> int:
    """Nine honest programs for each harsh one, on two threads; the number of wrong endings and of growths."""
    mix = [*HONEST * 9, *HARSH]
    jobs = {source: Job(source=source, stdin=b"hello", limits=LIMITS) for source, _ in mix}

    def right(place: int) -> bool:
        source, wanted = mix[place % len(mix)]
        ended = backend.run(jobs[source])
        return ended.stdout == wanted if isinstance(wanted, bytes) else ended.status is wanted

    started = time.monotonic()
    with ThreadPoolExecutor(2) as threads:

        def wrongs(places: range) -> int:
            # In small lots: a pool holds all that it was given at once, and that would be what grows.
            lots = (places[low : low + _LOT] for low in range(0, len(places), _LOT))
            return sum(not good for lot in lots for good in threads.map(right, lot))

        wrong = wrongs(range(2_000))
        before = _in_use()
        for tenth, places in enumerate(_tenths(programs)):
            wrong += wrongs(places)
            seconds = time.monotonic() - started
            _say(f"{(tenth + 1) * 10:3d} %  {seconds:6.0f} s  wrong so far: {wrong}  {_in_use()}")
        after = _in_use()
    _say(f"before: {before}\nafter:  {after}")
    grown = [name for name in before if after[name] > before[name] * 1.1 + 2]
    _say(f"{programs} programs, {wrong} wrong endings, grown: {', '.join(grown) or 'nothing'}")
    return wrong + len(grown)


def _flips(backend: EmbeddedBackend, repeats: int) -> int:
    """Honest programs again and again while every core is kept busy by something else."""
    busy = [multiprocessing.Process(target=_burn, daemon=True) for _ in range(2 * (os.cpu_count() or 1))]
    for process in busy:
        process.start()
    flipped = 0
    for source, wanted in itertools.islice(itertools.cycle(HONEST), repeats):
        ended = backend.run(Job(source=source, stdin=b"hello", limits=LIMITS))
        flipped += ended.stdout != wanted or ended.status is not Status.OK
    for process in busy:
        process.kill()
    _say(f"{repeats} honest runs beside {len(busy)} busy processes: {flipped} verdicts flipped")
    return flipped


def _burn() -> None:
    while True:
        pass


def _tenths(count: int) -> Iterator[range]:
    edges = [count * part // 10 for part in range(11)]
    return (range(low, high) for low, high in itertools.pairwise(edges))


def _in_use() -> dict[str, int]:
    """What this process and its slots hold; memory in MiB."""
    slots = _descendants()
    return {
        "tasks": len(list(Path("/proc/self/task").iterdir())) + len(slots),
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "cgroups": len(list(Path("/sys/fs/cgroup").glob(f"*/**/harness-sandbox-{os.getpid()}-*"))),
        "mounts": len(Path("/proc/self/mountinfo").read_text().splitlines()),
        "own_mib": _proportional_mib(os.getpid()),
        "slots_mib": sum(map(_proportional_mib, slots)),
    }


def _descendants() -> list[int]:
    """Launchers and servers of slots."""
    found, seen = [os.getpid()], []
    while found:
        pid = found.pop()
        for path in Path(f"/proc/{pid}/task").glob("*/children"):
            children = [int(word) for word in path.read_text().split()]
            found += children
            seen += children
    return seen


def _proportional_mib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) // 1024


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
