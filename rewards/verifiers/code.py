"""Code: what share of the tests the response's program passes, in the sandbox; `code:all` asks for all.

The reference is read by `rewards.programs.task`, tests by `rewards.programs.forms`, the program is found by
`rewards.programs.extraction`. Each test runs in a sandbox of its own, so that none can change another's
outcome; what it expects never enters it.

Where nothing but running out of time or memory kept the program from passing, the status is `timeout` and
the detail has which.

Not covered: rewards by how fast a program is.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from rewards.errors import GradingError
from rewards.extraction import after_thinking
from rewards.problem import Reference
from rewards.programs.extraction import extract_program
from rewards.programs.oracle import Oracle
from rewards.programs.published import reference_of
from rewards.programs.running import TestOutcome, run_all
from rewards.programs.task import Task, read_task
from rewards.verdict import Outcome, Verdict, share_verdict
from rewards.verifier import Tools
from sandbox.errors import SandboxError

MAX_SOURCE_CHARS: Final = 200_000


class CodeVerifier:
    """Judges programs by running them."""

    name = "code"
    version = "2"
    all_or_nothing = False

    def __init__(self, tools: Tools) -> None:
        """Open no sandbox yet."""
        self._tools = tools
        self._oracle = Oracle()

    def verify(self, response: str, reference: Reference) -> Verdict:
        """Run all tests, one after the other."""
        task = read_task(reference_of(reference))
        program = extract_program(after_thinking(response), task.language, task.wanted)
        if program is None:
            return Verdict(status=Outcome.NO_ANSWER, reward=0.0)
        if len(program) > MAX_SOURCE_CHARS:
            return Verdict(status=Outcome.INCORRECT, reward=0.0, detail="the program is too long")
        program = program.encode("utf-8", "replace").decode()
        try:
            sandbox = self._tools.sandbox()
            task = replace(task, tests=self._oracle.completed(sandbox, task.tests, task.solution))
            outcomes = run_all(sandbox, task, task.laid_out(program))
        except SandboxError as error:
            raise GradingError(f"the sandbox failed: {error}") from error
        return self._verdict(task, program, outcomes)

    def close(self) -> None:
        """Hold nothing: the sandbox belongs to who lent it."""

    def _verdict(self, task: Task, program: str, outcomes: Sequence[TestOutcome]) -> Verdict:
        passed = sum(outcome.word == "passed" for outcome in outcomes)
        detail: dict[str, object] = {
            "passed": passed,
            "total": len(outcomes),
            "tests": [str(outcome.word) for outcome in outcomes],
            "comparator": task.comparators(),
        }
        first_error = next((outcome.stderr for outcome in outcomes if outcome.stderr), None)
        if first_error:
            detail["first_error"] = first_error
        overruns = [outcome.overrun for outcome in outcomes if outcome.word != "passed"]
        if overruns and all(overruns):
            detail["limit"] = overruns[0]
        reward = passed / len(outcomes)
        if self.all_or_nothing:
            reward = float(reward == 1.0)
        if reward == 0.0 and "limit" in detail:
            return Verdict(status=Outcome.TIMEOUT, reward=0.0, extracted=program, detail=detail)
        return share_verdict(reward, extracted=program, detail=detail)


class AllTestsVerifier(CodeVerifier):
    """Rewards only what passes all tests."""

    name = "code:all"
    version = "1"
    all_or_nothing = True
