"""How many times as fast as its peers the sandbox runs the same programs, all in one run.

`python benchmarks/sandbox.py [--rounds 5] [--quick] [--json FILE] [--docker HOST --image IMAGE]`
Each round runs each contender once, in turn, with two at work; figures are medians over the rounds.
CPU time is that of all processes involved, counted by one cgroup around them (cgroups of version 1).
Each output is compared with the right one. "Bare" is a subprocess of the same interpreter, `-I -S -c`,
without any isolation and without its `site`, whose start would only make the peer slower.
"""

import argparse
import itertools
import json
import math
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent.parent))  # this file has the measured package's name

from benchmarks import sandbox_peers as peers
from benchmarks.sandbox_peers import BARE, REALISTIC, WORKERS, Play, Work
from sandbox.backend import Backend, open_backend
from sandbox.backends.embedded import EmbeddedBackend
from sandbox.errors import SandboxError
from sandbox.job import Job

TESTS: Final = 20
TRIVIAL: Final = "print(input())"
ALONE: Final = Work(TRIVIAL, ((b"17\n", b"17\n"),))
ROWS: Final = (
    ("1 one test / bare", "one test", "ours", "bare", "rate", 5),
    ("1 one test, no two texts alike / bare", "no two alike", "ours", "bare", "rate", 5),
    ("1 one test / python with site", "one test", "ours", "site", "rate", None),
    ("2 one test / bubblewrap + python", "one test", "ours", "bwrap", "rate", 10),
    ("3 20 tests with imports / bare", "realistic", "ours", "bare", "rate", 8),
    ("3 20 trivial tests / bare", "trivial", "ours", "bare", "rate", None),
    ("4 20 tests with imports, shared / bare", "realistic", "shared", "bare", "rate", 40),
    ("4 20 trivial tests, shared / bare", "trivial", "shared", "bare", "rate", None),
    ("5 p99 latency, all at work / bare's median", "one test", "ours", "bare", "p99", 1),
    ("6 Docker warm / docker exec", "docker", "warm", "exec", "rate", 15),
    ("6 Docker warm / embedded", "docker", "warm", "ours", "rate", 0.8),
    ("7 CPU, one test / manager and process", "one test", "ours", "manager", "cpu", 8),
    ("7 CPU, one test / service", "one test", "ours", "service", "cpu", 8),
    ("7 CPU, 20 tests / 20 in manager's process", "realistic", "ours", "manager", "cpu", None),
    ("7 CPU, shared / 20 in manager's process", "realistic", "shared", "manager", "cpu", None),
)
"""Name, group of contenders, ours, the peer, what is compared, the least ratio that is asked."""

Group = tuple[Iterator[Work], dict[str, "Contender"]]


@dataclass(slots=True)
class Contender:
    """Somebody who plays `count` programs a round, and what was measured of it."""

    play: Play
    count: int
    counted: bool = True
    """Whether the CPU time that it takes can be seen from here."""
    missing: str = ""
    """Why it does not play."""
    rates: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)

    def round(self, works: Iterator[Work], cgroup: Path | None) -> None:
        """Play one round.

        Raises:
            SystemExit: an output is wrong.
        """
        chosen = list(itertools.islice(works, self.count))
        before, started = cpu_seconds(cgroup), time.perf_counter()
        done = self.play(chosen)
        seconds, used = time.perf_counter() - started, cpu_seconds(cgroup) - before
        for work, each in zip(chosen, done, strict=True):
            if each.outputs != [right for _, right in work.tests]:
                raise SystemExit(f"a wrong output: {each.outputs!r} of {work!r}")
        self.rates.append(self.count / seconds)
        self.latencies += [each.seconds for each in done]
        if cgroup and self.counted:
            self.cpu_ms.append(1000 * used / self.count)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    name: str
    ours: str
    peer: str
    ratio: float
    at_least: float | None
    our_cpu_ms: float = math.nan
    peer_cpu_ms: float = math.nan

    def known(self) -> dict[str, object]:
        """What there is of it: JSON has no NaN."""
        return {name: None if each != each else each for name, each in asdict(self).items()}

    def line(self) -> str:
        """As it is printed."""
        numbers = (self.ratio, self.at_least or math.nan, self.our_cpu_ms, self.peer_cpu_ms)
        return f"{self.name:44}{self.ours:>11} {self.peer:>11}" + "".join(
            f"{'-' if math.isnan(each) else f'{each:.2f}':>10}" for each in numbers
        )


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="two short rounds, to see that it works")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--docker", metavar="HOST", default=os.environ.get("DOCKER_HOST"))
    parser.add_argument("--image", default="harness-sandbox", help="for `docker exec` of a Python in it")
    arguments = parser.parse_args()
    rounds, share = (2, 0.2) if arguments.quick else (arguments.rounds, 1.0)
    with ExitStack() as stack:
        cgroup = stack.enter_context(peers.own_cgroup())
        backend = EmbeddedBackend(slots=WORKERS)
        stack.callback(backend.close)
        facts = machine(backend, rounds)
        say("\n".join(f"{name:8} {value}" for name, value in facts.items()) + "\n")
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        groups = plain_groups(backend, peers.python_with_site(folder))
        if arguments.docker:
            groups["docker"] = docker_group(backend, arguments.docker, arguments.image, stack)
        for name, group in groups.items():
            measure(name, group, cgroup, rounds=rounds, share=share)
    rows = list(table({name: played_by for name, (_, played_by) in groups.items()}))
    heads = ("ratio", "at least", "CPU ms", "peer's")
    say(f"\n{'':44}{'ours':>11} {'peer':>11}" + "".join(f"{head:>10}" for head in heads))
    say("\n".join(row.line() for row in rows))
    if arguments.json:
        arguments.json.write_text(
            json.dumps({"machine": facts, "rows": list(map(Row.known, rows))}, indent=1)
        )


def say(words: str) -> None:
    """Print."""
    print(words, flush=True)  # noqa: T201 - what it is for


def machine(backend: Backend, rounds: int) -> dict[str, str]:
    """What the figures hang on."""
    return {
        "cores": f"{len(os.sched_getaffinity(0))}, load average {os.getloadavg()[0]:.1f} at the start",
        "kernel": platform.release(),
        "python": f"{platform.python_version()}, {BARE[0]}",
        "layers": ", ".join(sorted(backend.layers)),
        "rounds": f"{rounds}, {WORKERS} workers",
    }


def plain_groups(backend: Backend, python: str) -> dict[str, Group]:
    """Groups of contenders that play the same programs in turn."""
    bare, bwrap = peers.a_process_each(*BARE), shutil.which("bwrap")
    ours = played(backend, once)
    groups: dict[str, Group] = {
        "one test": (itertools.repeat(ALONE), {
            "ours": Contender(ours, 400),
            "bare": Contender(bare, 80),
            "site": Contender(peers.a_process_each(python, "-I"), 60),
            "bwrap": Contender(
                peers.a_process_each(*peers.bubblewrap(bwrap or "")), 30,
                missing="" if bwrap else "bwrap is not installed",
            ),
            "manager": Contender(peers.manager_and_process, 24),
            "service": Contender(peers.service(python), 40),
        }),
        "no two alike": (unlike(), {"ours": Contender(ours, 400), "bare": Contender(bare, 80)}),
    }  # fmt: skip
    trivial = Work(TRIVIAL, tuple((line, line) for line in (b"%d\n" % place for place in range(TESTS))))
    realistic = Work(REALISTIC, tuple(map(peers.graph, range(TESTS))))
    for name, work, count in (("trivial", trivial, 8), ("realistic", realistic, 5)):
        groups[name] = (itertools.repeat(work), {
            "ours": Contender(played(backend, a_process_each_test), 5 * count),
            "shared": Contender(played(backend, one_process), 25 * count),
            "bare": Contender(bare, count),
            "manager": Contender(peers.manager_and_process, 24),
        })  # fmt: skip
    return groups


def docker_group(embedded: Backend, host: str, image: str, stack: ExitStack) -> Group:
    """Warm slots in a container, `docker exec` in one, and no container, where there is a Docker."""
    os.environ["DOCKER_HOST"] = host
    group = {
        "ours": Contender(played(embedded, once), 200),
        "warm": Contender(played(embedded, once), 200, counted=False),
        "exec": Contender(played(embedded, once), 12, counted=False),
    }
    try:
        warm = open_backend("docker")
        stack.callback(warm.close)
        group["warm"].play = played(warm, once)
        container = peers.WarmContainer(host, image)
        stack.callback(container.close)
        group["exec"].play = peers.in_threads(container.outputs)
        if container.outputs(ALONE) != [b"17\n"]:
            raise RuntimeError(f"image {image} has no {peers.PYTHON}")
    except (SandboxError, OSError, RuntimeError) as error:
        group["warm"].missing = group["exec"].missing = f"not there: {error}"
    return itertools.repeat(ALONE), group


def played(backend: Backend, one: Callable[[Backend, Work], list[bytes]]) -> Play:
    """A backend's way of running a program, by as many threads as there are workers."""
    return peers.in_threads(partial(one, backend))


def once(backend: Backend, work: Work) -> list[bytes]:
    """A program with one test."""
    ((stdin, _),) = work.tests
    return [backend.run(Job(source=work.source, stdin=stdin)).stdout]


def a_process_each_test(backend: Backend, work: Work) -> list[bytes]:
    """A program with many tests."""
    job = Job(source=work.source)
    return [ended.stdout for ended in backend.run_each(job, ((stdin, job.limits) for stdin, _ in work.tests))]


def one_process(backend: Backend, work: Work) -> list[bytes]:
    """A program with many tests that are run in one process."""
    ended = backend.run_shared(Job(source=work.source), [stdin for stdin, _ in work.tests])
    return [each.stdout for each in ended or ()]


def unlike() -> Iterator[Work]:
    """Programs of which each has a text and an input of its own: nothing that is kept can help."""
    for place in itertools.count(10_000):
        line = b"%d\n" % place
        yield Work(f"{TRIVIAL}  # {place}", ((line, line),))


def measure(name: str, group: Group, cgroup: Path | None, *, rounds: int, share: float) -> None:
    """Play all rounds of a group, each contender once in each."""
    works, contenders = group
    for each in contenders.values():
        if not each.missing:
            each.count = max(2 * WORKERS, round(each.count * share))
            each.play([next(works) for _ in range(WORKERS * 2)])  # warms up
    for place in range(rounds):
        order = list(contenders.values())
        for each in order if place % 2 else reversed(order):
            if not each.missing:
                each.round(works, cgroup)
        rates = ", ".join(f"{key} {each.rates[-1]:.0f}/s" for key, each in contenders.items() if each.rates)
        print(f"{name}, round {place + 1} of {rounds}: {rates}", file=sys.stderr)  # noqa: T201 - progress


def cpu_seconds(cgroup: Path | None) -> float:
    """CPU time that all in the cgroup have taken."""
    return int((cgroup / "cpuacct.usage").read_text()) / 1e9 if cgroup else 0.0


def table(groups: Mapping[str, Mapping[str, Contender]]) -> Iterator[Row]:
    """The rows that could be had, and why others could not."""
    for name, group, ours, peer, kind, asked in ROWS:
        two = [groups[group][each] for each in (ours, peer)] if group in groups else []
        missing = next((each.missing for each in two if each.missing), "" if two else "no --docker")
        cpu = [statistics.median(each.cpu_ms) if each.cpu_ms else math.nan for each in two]
        if kind == "cpu" and any(map(math.isnan, cpu)):
            missing = missing or "no cpuacct"
        if missing:
            yield Row(name, missing, "", math.nan, asked)
        elif kind == "cpu":
            yield Row(name, f"{cpu[0]:.2f} ms", f"{cpu[1]:.2f} ms", cpu[1] / cpu[0], asked, *cpu)
        elif kind == "p99":
            worst = 1000 * statistics.quantiles(two[0].latencies, n=100)[98]
            usual = 1000 * statistics.median(two[1].latencies)
            yield Row(name, f"{worst:.2f} ms", f"{usual:.2f} ms", usual / worst, asked, *cpu)
        else:
            rates = [statistics.median(each.rates) for each in two]
            yield Row(name, f"{rates[0]:.1f}/s", f"{rates[1]:.1f}/s", rates[0] / rates[1], asked, *cpu)


if __name__ == "__main__":
    main()
