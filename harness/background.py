"""Measuring checkpoints beside the training: the side that hands out work.

One child process measures while training goes on; at the end as many as the recipe allows share
what is left. A child is `python -m harness.evaluation_worker`: it reads one JSON job a line and
writes one JSON message a line. A child that dies is replaced once a job; what it measured is kept.
"""

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from harness.errors import HarnessError
from harness.telemetry import Stage, Telemetry

ATTEMPTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationJob:
    """One checkpoint on one evaluation set."""

    step: int
    model: str
    """The exported policy's folder."""
    set: str

    def line(self) -> str:
        """The job as the child reads it."""
        return json.dumps({"step": self.step, "model": self.model, "set": self.set}) + "\n"


class _Child:
    """One evaluation process."""

    def __init__(self, greeting: Mapping[str, Any], log: Path) -> None:
        with log.open("ab") as complaints:
            self._process = self._start(complaints)
        # Both are pipes, as `_start` asks for.
        self._jobs = cast(IO[str], self._process.stdin)
        self._messages = cast(IO[str], self._process.stdout)
        self._send(json.dumps(greeting) + "\n")

    @staticmethod
    def _start(complaints: IO[bytes]) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "harness.evaluation_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            # Its own session, so that Ctrl-C reaches the trainer alone, which then ends its children.
            start_new_session=True,
        )

    def run(self, job: EvaluationJob, on_progress: "Tracker") -> float | None:
        """Have one job done; its pass@1, or None where nothing could be judged.

        Raises:
            HarnessError: it failed, in the child's words.
            ConnectionError: the child died.
        """
        self._send(job.line())
        for line in self._messages:
            message = json.loads(line)
            if "error" in message:
                raise HarnessError(f"measuring step {job.step} on {job.set}: {message['error']}")
            on_progress.report(job, message["done"], message["total"])
            if message.get("finished"):
                score: float | None = message["pass@1"]
                return score
        raise ConnectionError("the evaluation process died")

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._jobs, self._messages):
            # A line that the dead child will never read may still be waiting to be flushed.
            with suppress(BrokenPipeError):
                pipe.close()

    def _send(self, line: str) -> None:
        self._jobs.write(line)
        self._jobs.flush()


class Tracker:
    """Adds the jobs' progress up; called from several threads."""

    def __init__(self) -> None:
        """Nothing handed in yet."""
        self._lock = threading.Lock()
        self._done: dict[EvaluationJob, int] = {}
        self._totals: dict[EvaluationJob, int] = {}
        self.stage: Stage | None = None

    def expect(self, job: EvaluationJob, total: int) -> None:
        """Count a job that is to come."""
        with self._lock:
            self._totals[job] = total

    def report(self, job: EvaluationJob, done: int, total: int) -> None:
        """Show how far a job is."""
        with self._lock:
            self._done[job], self._totals[job] = done, total
            if self.stage is not None:
                text = f"step {job.step} on {job.set}"
                self.stage.update(sum(self._done.values()), text, total=sum(self._totals.values()))


class BackgroundEvaluator:
    """Measures in child processes."""

    def __init__(
        self,
        *,
        greeting: Mapping[str, Any],
        sets: Mapping[str, int],
        processes: int,
        log: Path,
        telemetry: Telemetry,
    ) -> None:
        """Measure on `sets`, names with the completions each asks for.

        Args:
            greeting: what a child is told first (`harness.evaluation_worker`).
            sets: evaluation sets by name, with their number of completions.
            processes: children at most.
            log: the file that the children's standard error is added to.
            telemetry: where progress is shown.
        """
        self._greeting = greeting
        self._sets = sets
        self._processes = processes
        self._log = log
        self._telemetry = telemetry
        self._jobs: queue.SimpleQueue[EvaluationJob | None] = queue.SimpleQueue()
        self._tracker = Tracker()
        self._threads: list[threading.Thread] = []
        self._children: set[_Child] = set()
        self._validator: _Child | None = None
        """The child that the trainer waits for: never behind what is measured beside the training."""
        self._errors: list[str] = []
        self._closed = False

    def measure(self, step: int, folder: Path) -> None:
        """Hand in one checkpoint, to be measured as soon as a process is free."""
        for name, total in self._sets.items():
            job = EvaluationJob(step=step, model=str(folder), set=name)
            self._tracker.expect(job, total)
            self._jobs.put(job)
        if not self._threads:
            self._start_thread()

    def validate(self, step: int, folder: Path, sets: Sequence[str]) -> Mapping[str, float]:
        """pass@1 on some of the sets, measured by a child of their own and waited for.

        Raises:
            HarnessError: something could not be measured.
        """
        scores: dict[str, float] = {}
        for name in sets:
            job = EvaluationJob(step=step, model=str(folder), set=name)
            failed = len(self._errors)
            with self._telemetry.stage(f"validating step {step} on {name}", self._sets[name]) as stage:
                tracker = Tracker()
                tracker.stage = stage
                self._validator, score = self._attempt(job, self._validator, tracker)
            if len(self._errors) > failed:
                raise HarnessError(self._errors[-1])
            if score is not None:
                scores[name] = score
        return scores

    def finish(self) -> None:
        """Wait for all that was handed in, with all processes.

        Raises:
            HarnessError: something could not be measured.
        """
        with self._telemetry.stage("measuring", 1) as stage:
            self._tracker.stage = stage
            while len(self._threads) < self._processes:
                self._start_thread()
            for _ in self._threads:
                self._jobs.put(None)
            for thread in self._threads:
                thread.join()
            self._tracker.stage = None
        self._threads.clear()
        if self._errors:
            raise HarnessError("; ".join(self._errors))

    def close(self) -> None:
        """End the children, whatever they are at; what they kept stays. Safe to call twice."""
        self._closed = True
        for child in list(self._children):
            child.close()
        for _ in self._threads:
            self._jobs.put(None)

    def _start_thread(self) -> None:
        thread = threading.Thread(target=self._work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self) -> None:
        child: _Child | None = None
        while (job := self._jobs.get()) is not None and not self._closed:
            child, _ = self._attempt(job, child, self._tracker)
        if child is not None:
            self._children.discard(child)
            child.close()

    def _attempt(
        self, job: EvaluationJob, child: _Child | None, tracker: Tracker
    ) -> tuple[_Child | None, float | None]:
        """Do a job with `child` or a new one; the child to go on with, and the job's pass@1."""
        for attempt in range(ATTEMPTS):
            try:
                if child is None:
                    child = _Child(self._greeting, self._log)
                    self._children.add(child)
                return child, child.run(job, tracker)
            except HarnessError as error:
                self._fail(str(error))
                return child, None
            except (ConnectionError, OSError, ValueError) as error:
                if child is not None:
                    self._children.discard(child)
                    child.close()
                child = None
                if self._closed:
                    return None, None
                if attempt + 1 == ATTEMPTS:
                    self._fail(f"measuring step {job.step} on {job.set}: {error}")
        return child, None

    def _fail(self, message: str) -> None:
        if not self._closed:
            self._errors.append(message)
            self._telemetry.say(f"error: {message}")
