"""The Celery application that the API and its workers share: how a chunk's id travels.

A message carries the id of a chunk and nothing else; rows and verdicts stay in the database, which
is also what retries. So a lost message costs time and never a row.
"""

from typing import Final

from celery import Celery

from harness.hub.folder_transport import SCHEME, folder_options
from harness.hub.settings import FOLDER_BROKER, HubSettings

GRADE_CHUNK: Final = "harness.grade_chunk"
QUEUE: Final = "harness.grade"
CHUNK_LIMIT_SECONDS: Final = 1800
"""The end of a worker process that is stuck in one chunk; its lease is not renewed any more."""


def create_celery(settings: HubSettings) -> Celery:
    """The application with no task of its own; makes the broker's folders where it is a folder."""
    folder_broker = settings.broker_url == FOLDER_BROKER
    app = Celery(
        "harness",
        broker=f"{SCHEME}://localhost" if folder_broker else settings.broker_url,
        set_as_current=False,
    )
    app.conf.update(
        task_default_queue=QUEUE,
        task_default_exchange=QUEUE,
        task_default_routing_key=QUEUE,
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=False,  # the lease in the database retries, and counts
        task_time_limit=CHUNK_LIMIT_SECONDS,
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        worker_max_tasks_per_child=1000,
        worker_send_task_events=False,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options=(
            folder_options(settings.home / "broker")
            if folder_broker
            else {"visibility_timeout": 2 * CHUNK_LIMIT_SECONDS}
        ),
    )
    return app
