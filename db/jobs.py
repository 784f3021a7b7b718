"""Verbs on grading jobs: the queue of record, from which no broker's failure can lose a verdict.

A broker carries chunk ids and nothing else. A chunk is leased to one worker for a time; a lease that
runs out frees it for another, and a chunk that three workers died on is given up. Leases compare the
clocks of the machines that share the database, which must agree to well within a lease.
"""

import time
import uuid
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, and_, bindparam, delete, insert, or_, select, update

from db import mapping
from db.connection import Database
from db.disagreements import note_disagreements
from db.errors import StoreError, UnknownRecord
from db.records import Job, JobState
from db.tables import ChunkRow, GradingRow, JobRow
from rewards.submission import Submission, row_out, verdict_from_row
from rewards.verdict import Outcome, Verdict

ATTEMPTS: Final = 3
"""Workers that may die on a chunk before it is given up."""


class JobVerbs:
    """The part of the store that the hub and its workers write."""

    _database: Database

    def create_job(self, submissions: Sequence[Submission], *, chunk_size: int) -> Job:
        """Accept submissions to be graded, `chunk_size` at a time.

        Raises:
            ValueError: `chunk_size` is not positive.
            StoreError: the database failed; nothing was accepted.
        """
        job_id = uuid.uuid4().hex
        starts = range(0, len(submissions), chunk_size)
        with self._database.writing() as connection:
            connection.execute(
                insert(JobRow).values(
                    id=job_id, total=len(submissions), remaining=len(submissions), created_at=mapping.now()
                )
            )
            if not submissions:
                return Job(id=job_id, chunk_ids=())
            chunk = {"job_id": job_id, "state": "queued", "attempts": 0}
            query = insert(ChunkRow).returning(ChunkRow.id, sort_by_parameter_order=True)
            chunk_ids = connection.scalars(query, [chunk for _ in starts]).all()
            gradings = [
                {
                    "chunk_id": chunk_ids[position // chunk_size],
                    "position": position,
                    "submission": mapping.submission_json(submission),
                }
                for position, submission in enumerate(submissions)
            ]
            connection.execute(insert(GradingRow), gradings)
        return Job(id=job_id, chunk_ids=tuple(chunk_ids))

    def claim_chunk(
        self, chunk_id: int, *, worker: str, lease_seconds: float
    ) -> list[tuple[int, Submission]] | None:
        """Lease a chunk to `worker`: its submissions, each with its position in the job.

        None where there is nothing to do: another worker holds it, it is done or given up, or its
        job is forgotten.
        """
        moment = time.time()
        free = or_(
            ChunkRow.state == "queued", and_(ChunkRow.state == "leased", ChunkRow.lease_until <= moment)
        )
        claim = (
            update(ChunkRow)
            .where(ChunkRow.id == chunk_id, ChunkRow.attempts < ATTEMPTS, free)
            .values(
                state="leased",
                worker=worker,
                attempts=ChunkRow.attempts + 1,
                lease_until=moment + lease_seconds,
            )
        )
        query = select(GradingRow.position, GradingRow.submission).where(GradingRow.chunk_id == chunk_id)
        with self._database.writing() as connection:
            if connection.execute(claim).rowcount == 0:
                return None
            rows = connection.execute(query.order_by(GradingRow.position))
            return [(position, Submission(**values)) for position, values in rows]

    def renew_chunk(self, chunk_id: int, *, worker: str, lease_seconds: float) -> bool:
        """Prolong `worker`'s lease on a chunk, from now on; False where it holds none any more."""
        mine = and_(ChunkRow.id == chunk_id, ChunkRow.state == "leased", ChunkRow.worker == worker)
        renew = update(ChunkRow).where(mine).values(lease_until=time.time() + lease_seconds)
        with self._database.writing() as connection:
            return connection.execute(renew).rowcount == 1

    def keep_chunk_verdicts(self, chunk_id: int, verdicts: Sequence[tuple[int, Verdict]]) -> bool:
        """Keep a chunk's verdicts, each with its submission's position in the job.

        Returns whether they were the first: of a chunk that was graded twice, because its lease ran
        out meanwhile, one set of verdicts is kept and counted.

        Raises:
            StoreError: not one verdict for each submission of the chunk.
        """
        with self._database.writing() as connection:
            return _keep(connection, chunk_id, dict(verdicts))

    def job_state(self, job_id: str) -> JobState:
        """How far a job got.

        Raises:
            UnknownRecord: no such job.
        """
        with self._database.reading() as connection:
            row = connection.execute(select(JobRow).where(JobRow.id == job_id)).one_or_none()
        if row is None:
            raise UnknownRecord(f"no job {job_id!r}: it never was, or it is forgotten")
        return mapping.job_state(row)

    def job_verdicts(self, job_id: str) -> list[Verdict | None]:
        """A job's verdicts in the order of its submissions; None where there is none yet."""
        query = (
            select(GradingRow.verdict)
            .join(ChunkRow, ChunkRow.id == GradingRow.chunk_id)
            .where(ChunkRow.job_id == job_id)
            .order_by(GradingRow.position)
        )
        with self._database.reading() as connection:
            found = connection.scalars(query).all()
        return [None if values is None else verdict_from_row(values) for values in found]

    def expired_chunks(self) -> list[int]:
        """Chunks whose lease ran out, to be sent to the queue again.

        Those that had their three attempts are given up here: their submissions get `infra_error`.
        """
        query = select(ChunkRow.id, ChunkRow.attempts, ChunkRow.worker).where(
            ChunkRow.state == "leased", ChunkRow.lease_until <= time.time()
        )
        with self._database.reading() as connection:
            expired = connection.execute(query.order_by(ChunkRow.id)).all()
        spent = [row for row in expired if row.attempts >= ATTEMPTS]
        for row in spent:
            self._give_up(row.id, row.worker)
        return [row.id for row in expired if row.attempts < ATTEMPTS]

    def forget_job(self, job_id: str) -> None:
        """Delete a job with all its submissions and verdicts; what workers still send is dropped."""
        with self._database.writing() as connection:
            connection.execute(delete(JobRow).where(JobRow.id == job_id))

    def _give_up(self, chunk_id: int, worker: str) -> None:
        verdict = Verdict(
            status=Outcome.INFRA_ERROR,
            reward=None,
            detail=f"{ATTEMPTS} workers in turn did not finish its chunk; the last was {worker}",
        )
        query = select(GradingRow.position).where(GradingRow.chunk_id == chunk_id)
        with self._database.writing() as connection:
            _keep(connection, chunk_id, dict.fromkeys(connection.scalars(query), verdict))


def _keep(connection: Connection, chunk_id: int, verdicts: dict[int, Verdict]) -> bool:
    finish = update(ChunkRow).where(ChunkRow.id == chunk_id, ChunkRow.state != "done")
    if connection.execute(finish.values(state="done", lease_until=None)).rowcount == 0:
        return False
    asked = select(GradingRow.position).where(GradingRow.chunk_id == chunk_id)
    if set(connection.scalars(asked)) != verdicts.keys():
        raise StoreError(f"chunk {chunk_id} needs one verdict for each of its submissions, and no other")
    keep = update(GradingRow).where(GradingRow.chunk_id == chunk_id, GradingRow.position == bindparam("at"))
    values = [{"at": at, "said": row_out("", verdict)} for at, verdict in verdicts.items()]
    connection.execute(keep.values(verdict=bindparam("said")), values)
    of_chunk = select(ChunkRow.job_id).where(ChunkRow.id == chunk_id).scalar_subquery()
    count_down = update(JobRow).where(JobRow.id == of_chunk)
    connection.execute(count_down.values(remaining=JobRow.remaining - len(verdicts)))
    note_disagreements(connection, verdicts.values())
    return True
