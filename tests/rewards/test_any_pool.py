"""Verifiers work wherever they are called: in threads, event loops and each of Celery's pools."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from celery import Celery

from rewards.grader import LocalGrader
from rewards.submission import Submission

RESPONSES = [
    "\\boxed{1 + x}",
    "\\boxed{x}",
    r"\boxed{\int_0^\infty \frac{\sin(x^x)}{x^{x+1}} dx}",
    "\\boxed{x + 1}",
]
REWARDS = [1.0, 0.0, 0.0, 1.0]


def test_in_an_event_loop_and_beside_it() -> None:
    async def judged() -> list[list[float | None]]:
        with LocalGrader() as grader:
            inside = grader.grade(submissions())
            beside = await asyncio.gather(*(asyncio.to_thread(grader.grade, submissions()) for _ in range(3)))
        return [[verdict.reward for verdict in verdicts] for verdicts in (inside, *beside)]

    assert asyncio.run(judged()) == [REWARDS] * 4


@pytest.mark.parametrize("pool", ["solo", "threads", "prefork", "gevent"])
def test_in_each_pool_of_celery(pool: str, tmp_path: Path) -> None:
    environment = os.environ | {"CELERY_GRADING_FOLDER": str(tmp_path)}
    worker_options = [f"--pool={pool}", "--concurrency=2", "--loglevel=WARNING"]
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "tests.rewards.celery_grading",
        "worker",
        *worker_options,
    ]
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(command, env=environment, stderr=log) as worker,
    ):
        try:
            results = [client(tmp_path).send_task("grade", [RESPONSES]) for _ in range(2)]
            assert [result.get(timeout=60, interval=0.05) for result in results] == [REWARDS] * 2, (
                tmp_path / "log"
            ).read_text(encoding="utf-8")
        finally:
            worker.terminate()


def client(folder: Path) -> Celery:
    app = Celery("asking", broker="filesystem://", backend=f"file://{folder}")
    folders = ("data_folder_in", "data_folder_out", "control_folder")
    app.conf.broker_transport_options = dict.fromkeys(folders, str(folder))
    return app


def submissions() -> list[Submission]:
    return [
        Submission(id="", verifier="math", response=response, reference={"answer": "x + 1"})
        for response in RESPONSES
    ]
