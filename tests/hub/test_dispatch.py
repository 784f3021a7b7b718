"""Grading through the queue, with a real Celery worker on the folder broker."""

import os
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from db.store import open_store
from harness.hub.broker import create_celery
from harness.hub.client import RemoteGrader
from harness.hub.dispatch import CeleryDispatch
from harness.hub.service import start_worker
from harness.hub.settings import HubSettings
from rewards.errors import GradingError
from rewards.grader import LocalGrader
from rewards.submission import Submission
from rewards.verdict import Outcome, Verdict
from tests.hub.conftest import serving, settings_at

pytestmark = pytest.mark.service


def scripted(response: str = "4", **reference: Any) -> Submission:
    return Submission(id="", verifier="scripted", response=response, reference=reference or {"answer": "4"})


def untimed(verdicts: list[Verdict]) -> list[Verdict]:
    return [replace(verdict, wall_ms=0.0) for verdict in verdicts]


@contextmanager
def dispatching(settings: HubSettings) -> Iterator[CeleryDispatch]:
    with open_store(settings.database_url) as store:
        dispatch = CeleryDispatch(store, create_celery(settings), settings)
        try:
            yield dispatch
        finally:
            dispatch.close()


@contextmanager
def working(settings: HubSettings) -> Iterator[subprocess.Popen[bytes]]:
    with start_worker(settings) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubSettings]:
    """A home with a worker that waits for rows."""
    chosen = settings_at(tmp_path_factory.mktemp("hub"))
    open_store(chosen.database_url).close()
    with working(chosen):
        yield chosen


@pytest.fixture(scope="module")
def dispatch(settings: HubSettings) -> Iterator[CeleryDispatch]:
    with dispatching(settings) as opened:
        yield opened


def mixed_rows() -> list[Submission]:
    """200 rows over five verifiers, with right, wrong, empty and malformed ones."""
    program = "```python\nn = int(input())\nprint(n * 2)\n```"
    kinds: list[tuple[str, list[str], Any]] = [
        ("math", [r"so \boxed{\frac{1}{2}}", r"\boxed{0.5}", r"\boxed{3}", "no idea"], {"answer": "1/2"}),
        ("stem", ["Answer: B", "Answer: C", "(B)", ""], {"answer": "B", "choices": ["one", "two", "three"]}),
        (
            "puzzle",
            ["<answer>olleh</answer>", "<answer>hello</answer>", "olleh", ""],
            {
                "dataset": "spell_backward",
                "entry": {"question": "hello", "answer": "olleh", "metadata": {"word": "hello"}},
            },
        ),
        (
            "instruction",
            ["no commas here", "one, two", "", "word " * 30],
            {"instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]},
        ),
        (
            "code",
            [program, program.replace("* 2", "* 3"), "no program", "```python\n(\n```"],
            {"language": "python", "tests": [{"stdin": "2\n", "stdout": "4\n"}]},
        ),
    ]
    rows = [
        Submission(
            id=f"{verifier}-{number}", verifier=verifier, response=responses[number % 4], reference=reference
        )
        for number in range(39)
        for verifier, responses, reference in kinds
    ]
    return rows + [
        Submission(id=verifier, verifier=verifier, response="x", reference={"no": "reference"})
        for verifier, _, _ in kinds
    ]


def test_200_rows_get_the_same_verdicts_here_over_http_and_through_celery(
    settings: HubSettings, dispatch: CeleryDispatch
) -> None:
    submissions = mixed_rows()
    assert len(submissions) == 200
    with LocalGrader(workers=2) as local:
        here = untimed(local.grade(submissions))
    through_celery = untimed(dispatch.grade(submissions))
    with (
        open_store(settings.database_url) as store,
        serving(dispatch, store) as url,
        RemoteGrader(url) as remote,
    ):
        over_http = untimed(remote.grade(submissions))
    assert through_celery == here
    assert over_http == here
    assert {Outcome.CORRECT, Outcome.INCORRECT, Outcome.NO_ANSWER, Outcome.INVALID_ROW} <= {
        verdict.status for verdict in here
    }
    assert Outcome.INFRA_ERROR not in {verdict.status for verdict in here}


def test_text_that_utf_8_cannot_carry_passes_the_queue(dispatch: CeleryDispatch) -> None:
    (verdict,) = dispatch.grade([scripted("half \ud800 of a pair", reward=0.5)])
    assert verdict.extracted == "half \ud800 of a pair"


def test_many_requests_at_once_each_get_their_own_verdicts(dispatch: CeleryDispatch) -> None:
    answers: dict[str, list[Verdict]] = {}

    def ask(name: str) -> None:
        answers[name] = dispatch.grade([scripted(f"{name}-{number}", reward=1) for number in range(20)])

    threads = [threading.Thread(target=ask, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name in "abcd":
        assert [verdict.extracted for verdict in answers[name]] == [
            f"{name}-{number}" for number in range(20)
        ]


def test_a_verifier_that_runs_out_of_memory_does_not_end_the_worker(dispatch: CeleryDispatch) -> None:
    starved, fine = dispatch.grade([scripted(starve=True), scripted()])
    assert starved.status is Outcome.INFRA_ERROR
    assert starved.reward is None
    assert "MemoryError" in str(starved.detail)
    assert fine.reward == 1
    assert dispatch.grade([scripted()])[0].reward == 1


def test_a_hub_with_a_worker_is_ready(dispatch: CeleryDispatch) -> None:
    assert dispatch.trouble() is None


def test_rows_of_a_worker_that_was_killed_are_graded_by_another_exactly_once(tmp_path: Path) -> None:
    settings = settings_at(tmp_path, lease_seconds=1.5)
    verdicts: list[Verdict] = []
    submissions = [scripted(str(number), reward=1, sleep_seconds=0.05) for number in range(32)]
    with dispatching(settings) as dispatch:
        asking = threading.Thread(target=lambda: verdicts.extend(dispatch.grade(submissions)))
        with working(settings) as first:
            asking.start()
            wait_for_a_claim(settings)
            os.killpg(first.pid, signal.SIGKILL)
        with working(settings):
            asking.join()
    assert [verdict.extracted for verdict in verdicts] == [str(number) for number in range(32)]
    assert {verdict.reward for verdict in verdicts} == {1.0}


def test_without_a_worker_the_hub_says_that_none_answers(tmp_path: Path) -> None:
    with dispatching(settings_at(tmp_path, deadline_seconds=0.2)) as dispatch:
        with pytest.raises(GradingError, match=r"no worker graded anything in 0.2 s.*`harness worker`"):
            dispatch.grade([scripted()])
        assert not any((tmp_path / "broker" / "taken").iterdir())


def test_rows_that_are_not_graded_in_time_are_our_failure(settings: HubSettings) -> None:
    rows = [scripted()] * 8 + [scripted(sleep_seconds=2, answer="4")]
    with dispatching(replace(settings, deadline_seconds=1.0)) as dispatch:
        verdicts = dispatch.grade(rows)
    assert [verdict.status for verdict in verdicts] == [Outcome.CORRECT] * 8 + [Outcome.INFRA_ERROR]
    assert verdicts[-1].reward is None
    assert "within 1 s" in str(verdicts[-1].detail)


def wait_for_a_claim(settings: HubSettings) -> None:
    """Return once a worker has claimed a chunk."""
    for _ in range(3000):
        with closing(sqlite3.connect(settings.home / "harness.db")) as connection:
            if connection.execute("SELECT count(*) FROM chunk WHERE state = 'leased'").fetchone()[0]:
                return
        time.sleep(0.01)
    pytest.fail("no worker claimed a chunk within 30 s")
