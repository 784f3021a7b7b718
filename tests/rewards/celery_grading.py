"""A Celery worker of somebody else's, which grades with ours in whatever pool it runs."""

import os
from pathlib import Path

from celery import Celery

from rewards.grader import LocalGrader
from rewards.submission import Submission

FOLDER = Path(os.environ.get("CELERY_GRADING_FOLDER", "."))

app = Celery("grading", broker="filesystem://", backend=f"file://{FOLDER}")
app.conf.update(
    broker_transport_options={
        "data_folder_in": str(FOLDER),
        "data_folder_out": str(FOLDER),
        "control_folder": str(FOLDER),
        "polling_interval": 0.05,
    },
    task_serializer="json",
    worker_hijack_root_logger=False,
)
grader = LocalGrader()


@app.task(name="grade")  # type: ignore[untyped-decorator]  # as Celery has it
def grade(responses: list[str]) -> list[float | None]:
    """The rewards of responses whose right answer is x + 1."""
    return [verdict.reward for verdict in grader.grade([_submission(response) for response in responses])]


def _submission(response: str) -> Submission:
    return Submission(id="", verifier="math", response=response, reference={"answer": "x + 1"})
