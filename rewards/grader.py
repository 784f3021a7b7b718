"""The grader: many submissions in, one verdict each out, in order."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from rewards.errors import BadReference, GradingError
from rewards.registration import Registration, registration_of
from rewards.submission import Submission, invalid, parse_row, row_id, row_out
from rewards.verdict import Outcome, Verdict
from rewards.verifier import BatchVerifier, Tools, Verifier, open_verifier
from sandbox.backend import Backend, open_backend

_Result = TypeVar("_Result")


class Grader(Protocol):
    """Grades here (`LocalGrader`) or elsewhere (`harness.hub.client.RemoteGrader`)."""

    def grade(self, submissions: Sequence[Submission]) -> list[Verdict]:
        """One verdict for each submission, in order; ours to fail as `infra_error` verdicts.

        Raises:
            GradingError: the grader as a whole cannot be reached or started.
        """
        ...

    def close(self) -> None:
        """Give back what the grader holds. Safe to call twice."""
        ...


def grade_rows(grader: Grader, rows: Sequence[object], *, first: int = 0) -> list[dict[str, Any]]:
    """Rows in, rows out, in order and exactly one for each: the format of `harness grade` and HTTP.

    A row without an id gets its position, counted from `first`. Raises what `grader.grade` raises.
    """
    parsed = [parse_row(row, fallback_id=str(position)) for position, row in enumerate(rows, first)]
    verdicts = iter(grader.grade([row for row in parsed if isinstance(row, Submission)]))
    return [
        row_out(row_id(row, str(position)), next(verdicts) if isinstance(read, Submission) else read)
        for position, (row, read) in enumerate(zip(rows, parsed, strict=True), first)
    ]


class LocalGrader:
    """Grades in this process, in its killable workers and in its sandbox.

    Opens verifiers, workers and the sandbox on first use, so that a grader costs nothing until it
    grades. Safe from many threads. To be opened in the process that uses it, not before a fork.
    """

    def __init__(
        self,
        *,
        sandbox: str = "auto",
        workers: int = 1,
        own: bool = False,
        on_open: Callable[[Registration], None] | None = None,
    ) -> None:
        """Say what may be used.

        Args:
            sandbox: a name for `sandbox.backend.open_backend`.
            workers: threads, and killable workers of each verifier.
            own: whether a submission may name a `module:attribute`; never for requests over HTTP.
            on_open: told of each verifier before its first verdict; where it raises, there is none.
        """
        self._sandbox_name = sandbox
        self._workers = workers
        self._own = own
        self._on_open = on_open
        self._lock = threading.Lock()
        self._verifiers: dict[str, Verifier] = {}
        self._backend: Backend | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def grade(self, submissions: Sequence[Submission]) -> list[Verdict]:
        """One verdict for each submission, in order. Never raises for what a submission holds."""
        positions: dict[str, list[int]] = {}
        for position, submission in enumerate(submissions):
            positions.setdefault(submission.verifier, []).append(position)
        verdicts: dict[int, Verdict] = {}
        for name, places in positions.items():
            group = [submissions[place] for place in places]
            verdicts.update(zip(places, self._grade_group(name, group), strict=True))
        return [verdicts[position] for position in range(len(submissions))]

    def close(self) -> None:
        """Close verifiers and sandbox. Safe to call twice."""
        with self._lock:
            for verifier in self._verifiers.values():
                verifier.close()
            self._verifiers.clear()
            if self._backend is not None:
                self._backend.close()
                self._backend = None

    def _grade_group(self, name: str, group: Sequence[Submission]) -> list[Verdict]:
        opened = _outcome(lambda: self._verifier(name))
        if isinstance(opened, Exception):
            verdict = replace(_verdict_on_failure(opened), verifier=name)
            return [verdict] * len(group)
        return list(self._judge(opened, group))

    def _judge(self, verifier: Verifier, group: Sequence[Submission]) -> Iterator[Verdict]:
        started = time.perf_counter()
        if isinstance(verifier, BatchVerifier):
            items = [(submission.response, submission.reference) for submission in group]
            outcomes = _outcome(lambda: verifier.verify_many(items))
            if isinstance(outcomes, list) and len(outcomes) != len(group):
                outcomes = GradingError(f"it gave {len(outcomes)} verdicts for {len(group)} submissions")
            if isinstance(outcomes, Exception):
                outcomes = [outcomes] * len(group)
            wall_ms = _share_ms((time.perf_counter() - started) * 1000, outcomes)
            timed = [(outcome, _own_ms(outcome) or wall_ms) for outcome in outcomes]
        elif self._workers == 1 or len(group) == 1:
            timed = [_timed(verifier, submission) for submission in group]
        else:
            with ThreadPoolExecutor(self._workers) as threads:
                timed = list(threads.map(lambda submission: _timed(verifier, submission), group))
        for outcome, wall_ms in timed:
            verdict = _verdict_on_failure(outcome) if isinstance(outcome, Exception) else outcome
            yield replace(verdict, verifier=verifier.name, version=verifier.version, wall_ms=wall_ms)

    def _verifier(self, name: str) -> Verifier:
        with self._lock:
            if name not in self._verifiers:
                tools = Tools(sandbox=self._sandbox, workers=self._workers)
                verifier = open_verifier(name, tools, own=self._own)
                with ExitStack() as undone:
                    undone.callback(verifier.close)
                    if self._on_open is not None:
                        self._on_open(registration_of(verifier))
                    undone.pop_all()
                self._verifiers[name] = verifier
            return self._verifiers[name]

    def _sandbox(self) -> Backend:
        with self._lock:
            if self._backend is None:
                self._backend = open_backend(self._sandbox_name)
            return self._backend


def _timed(verifier: Verifier, submission: Submission) -> tuple[Verdict | Exception, float]:
    started = time.perf_counter()
    outcome = _outcome(lambda: verifier.verify(submission.response, submission.reference))
    return outcome, (time.perf_counter() - started) * 1000


def _own_ms(outcome: Verdict | Exception) -> float:
    return outcome.wall_ms if isinstance(outcome, Verdict) else 0.0


def _share_ms(batch_ms: float, outcomes: Sequence[Verdict | Exception]) -> float:
    """The time of each item of a batch whose own is not known: an equal share of what the others left."""
    known = [own_ms for outcome in outcomes if (own_ms := _own_ms(outcome))]
    return max(0.0, batch_ms - sum(known)) / max(1, len(outcomes) - len(known))


def _outcome(call: Callable[[], _Result]) -> _Result | Exception:
    """What `call` returns or raises: the one place where any exception is caught.

    A fault in a verifier, its author's own included, costs its own rows and stops no others.
    """
    try:
        return call()
    except Exception as error:  # noqa: BLE001 - the entry loop of grading, see above
        return error


def _verdict_on_failure(error: Exception) -> Verdict:
    """Whose fault it is: the row's where its reference is none, else ours."""
    if isinstance(error, BadReference):
        return invalid(str(error))
    known = isinstance(error, GradingError)
    detail = str(error) if known else f"{type(error).__name__}: {error}".rstrip(": ")
    return Verdict(status=Outcome.INFRA_ERROR, reward=None, detail=detail)
