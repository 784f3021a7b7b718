"""Where the hub's rows are graded: in this process, or by workers through the queue.

Both fit one port, so that the app and the caller's verdicts are the same either way.
"""

import time
from collections.abc import Iterable, Sequence
from threading import Event
from typing import Final, Protocol

from celery import Celery
from kombu.exceptions import KombuError, OperationalError
from kombu.utils.url import maybe_sanitize_url

from db.records import Job
from db.store import Store
from harness.hub.broker import GRADE_CHUNK
from harness.hub.settings import HubSettings
from rewards.errors import GradingError
from rewards.grader import Grader
from rewards.submission import Submission
from rewards.verdict import Outcome, Verdict
from sandbox.backend import open_backend
from sandbox.errors import SandboxError

PROBE: Final = Submission(id="probe", verifier="scripted", response="", reference={})
PROBE_SECONDS: Final = 5.0
FRESH_SECONDS: Final = 30.0
FIRST_PAUSE_SECONDS: Final = 0.005
LONGEST_PAUSE_SECONDS: Final = 0.1
LOOK_SECONDS: Final = 1.0
"""Between looks for chunks whose worker died."""


class Dispatch(Grader, Protocol):
    """A grader that can say whether it is able to grade."""

    def trouble(self) -> str | None:
        """Why rows cannot be graded now, or None where they can."""
        ...


class InlineDispatch:
    """Grades in the caller's thread; each request has one."""

    def __init__(self, grader: Grader, store: Store, *, sandbox: str = "auto") -> None:
        """Grade with `grader`, which needs the backend `sandbox` for programs.

        Verdicts are the caller's to keep; `store` gets their disagreements.
        """
        self._grader = grader
        self._store = store
        self._sandbox = sandbox

    def grade(self, submissions: Sequence[Submission]) -> list[Verdict]:
        """See `Grader`."""
        verdicts = self._grader.grade(submissions)
        self._store.keep_disagreements(verdicts)
        return verdicts

    def trouble(self) -> str | None:
        """See `Dispatch`: whether programs can be run."""
        try:
            open_backend(self._sandbox).close()
        except SandboxError as error:
            return str(error)
        return None

    def close(self) -> None:
        """See `Grader`."""
        self._grader.close()


class CeleryDispatch:
    """Keeps rows in the database, tells workers which chunks wait, and waits for the verdicts.

    A message may be lost and a worker may die: a chunk without progress is announced again, and the
    lease in the database sees to it that one worker has it at a time.
    """

    def __init__(self, store: Store, celery: Celery, settings: HubSettings) -> None:
        self._store = store
        self._celery = celery
        self._settings = settings
        self._closed = Event()
        self._answered_at: float | None = None

    def grade(self, submissions: Sequence[Submission]) -> list[Verdict]:
        """See `Grader`. What no worker grades before the deadline is `infra_error`."""
        return self._grade(submissions, self._settings.deadline_seconds)

    def trouble(self) -> str | None:
        """See `Dispatch`: whether a worker answered lately, or else answers a probe."""
        if self._answered_at is not None and time.monotonic() - self._answered_at < FRESH_SECONDS:
            return None
        try:
            self._grade([PROBE], PROBE_SECONDS)
        except GradingError as error:
            return str(error)
        return None

    def close(self) -> None:
        """See `Grader`; who waits for workers is told that the hub is stopping."""
        self._closed.set()
        self._celery.close()

    def _grade(self, submissions: Sequence[Submission], deadline_seconds: float) -> list[Verdict]:
        if not submissions:
            return []
        job = self._store.create_job(submissions, chunk_size=self._chunk_size(len(submissions)))
        try:
            self._announce(job.chunk_ids)
            self._wait(job, len(submissions), deadline_seconds)
            return self._collect(job, submissions, deadline_seconds)
        finally:
            self._store.forget_job(job.id)

    def _chunk_size(self, rows: int) -> int:
        """Large enough to be worth a message, small enough that every worker here has some."""
        share = -(-rows // max(1, self._settings.workers))
        return min(share, self._settings.chunk_rows)

    def _announce(self, chunk_ids: Iterable[int]) -> None:
        try:
            for chunk_id in chunk_ids:
                self._celery.send_task(GRADE_CHUNK, args=[chunk_id], retry_policy={"max_retries": 2})
        except (OperationalError, KombuError, OSError) as error:
            broker = maybe_sanitize_url(self._settings.broker_url)
            raise GradingError(f"the broker {broker} cannot be reached: {error}; is it running?") from error

    def _wait(self, job: Job, remaining: int, deadline_seconds: float) -> None:
        """Return once none of `remaining` rows lacks a verdict, or the deadline is past."""
        deadline = time.monotonic() + deadline_seconds
        look_at = announce_at = time.monotonic() + self._settings.lease_seconds
        pause = FIRST_PAUSE_SECONDS
        while remaining and (moment := time.monotonic()) < deadline:
            if self._closed.wait(pause):
                raise GradingError("the hub is stopping")
            pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)
            before, remaining = remaining, self._store.job_state(job.id).remaining
            if remaining < before:
                self._answered_at = moment
                pause, announce_at = FIRST_PAUSE_SECONDS, moment + self._settings.lease_seconds
            elif moment >= announce_at:
                # Perhaps a message was lost. Chunks that are claimed or done ignore the second one.
                self._announce(job.chunk_ids)
                announce_at = moment + self._settings.lease_seconds
            if moment >= look_at:
                self._announce(set(self._store.expired_chunks()) & set(job.chunk_ids))
                look_at = moment + LOOK_SECONDS

    def _collect(self, job: Job, submissions: Sequence[Submission], deadline_seconds: float) -> list[Verdict]:
        """The verdicts in order.

        Raises:
            GradingError: the workers gave none at all.
        """
        kept = self._store.job_verdicts(job.id)
        if not any(kept):
            raise GradingError(
                f"no worker graded anything in {deadline_seconds:g} s; is one running? `harness worker` "
                "starts one, and it needs the hub's own home folder or database and broker"
            )
        return [
            verdict or _overdue(submission, deadline_seconds)
            for submission, verdict in zip(submissions, kept, strict=True)
        ]


def _overdue(submission: Submission, deadline_seconds: float) -> Verdict:
    return Verdict(
        status=Outcome.INFRA_ERROR,
        reward=None,
        detail=f"no worker graded this row within {deadline_seconds:g} s",
        verifier=submission.verifier,
    )
