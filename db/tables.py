"""The tables, as typed declarations: the one place where columns are named.

Rows are joined by integer keys; the ids that people see (`Problem.id`, a run's name) are unique
columns beside them. Times are UTC without a zone. Not here: token ids and log-probabilities of
rollouts, which would be most of the bytes and are never asked for again.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, MetaData, String, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Json = JSON(none_as_null=True)


class Table(DeclarativeBase):
    """The root of all tables; constraints are named, so that a migration can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class ProblemRow(Table):
    """One row for each distinct problem, however often it was sampled."""

    __tablename__ = "problem"

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(String(32), unique=True)
    """`Problem.id`."""
    domain: Mapped[str]
    prompt: Mapped[str]
    verifier: Mapped[str]
    reference: Mapped[dict[str, Any]] = mapped_column(Json)
    source: Mapped[str]
    level: Mapped[str]


class VerifierRow(Table):
    """One row for each version of each verifier; other code under the same version is another row."""

    __tablename__ = "verifier"
    __table_args__ = (UniqueConstraint("name", "version", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[str]
    code_hash: Mapped[str] = mapped_column(String(32), server_default="")
    """`Registration.code_hash`; empty where only its verdicts are known, as of one that judged elsewhere."""
    libraries: Mapped[dict[str, Any]] = mapped_column(Json, server_default="{}")
    configuration: Mapped[dict[str, Any]] = mapped_column(Json, server_default="{}")
    registered_at: Mapped[datetime | None]
    """When it was last opened; null where only its verdicts are known."""


class AuditRow(Table):
    """One attack on one verifier, as `harness audit` does it."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    verifier_id: Mapped[int] = mapped_column(ForeignKey("verifier.id", ondelete="CASCADE"), index=True)
    passed: Mapped[bool]
    report: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime]


class DisagreementRow(Table):
    """A pair of gold and answer on which a verifier's engines do not agree, for a person to settle."""

    __tablename__ = "disagreement"

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(String(32), unique=True)
    """Of the verifier's name, gold and answer."""
    verifier: Mapped[str] = mapped_column(index=True)
    version: Mapped[str]
    """This and the three below are of the verdict that came last."""
    engines: Mapped[dict[str, Any]] = mapped_column(Json)
    """True, false or null (no opinion) by engine."""
    status: Mapped[str]
    reward: Mapped[float | None]
    gold: Mapped[str]
    answer: Mapped[str]
    seen: Mapped[int]
    """How many verdicts had it."""
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    label: Mapped[str | None]
    """`correct` or `incorrect`, as a person says; null until then."""
    labelled_by: Mapped[str | None]
    labelled_at: Mapped[datetime | None]


class RunRow(Table):
    """One training run."""

    __tablename__ = "run"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    """The id that people see."""
    name: Mapped[str]
    fingerprint: Mapped[str] = mapped_column(index=True)
    recipe: Mapped[dict[str, Any]] = mapped_column(Json)
    base_model: Mapped[str]
    planned_steps: Mapped[int]
    status: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class StepRow(Table):
    """One training step of one run."""

    __tablename__ = "step"

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    metrics: Mapped[dict[str, Any]] = mapped_column(Json)
    timings: Mapped[dict[str, Any]] = mapped_column(Json)
    n_kept: Mapped[int]
    n_dropped: Mapped[int]
    outcomes: Mapped[dict[str, Any]] = mapped_column(Json)
    """Rollouts by domain and verdict status, `{"math": {"correct": 3}}`: the page's charts without a scan."""


class EventRow(Table):
    """What happened to a run between two steps: a reset, a stage, a checkpoint, an evaluation, an alert."""

    __tablename__ = "event"
    __table_args__ = (Index(None, "run_id", "step"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    step: Mapped[int]
    kind: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime]


class EvaluationRow(Table):
    """One model measured on one benchmark with one sampling."""

    __tablename__ = "evaluation"
    __table_args__ = (Index(None, "run_id", "step"), Index(None, "benchmark_name"))

    id: Mapped[int] = mapped_column(primary_key=True)
    identity: Mapped[str] = mapped_column(String(32), unique=True)
    """Hash of what makes an evaluation this one: model, run, step, benchmark, version, sampling."""
    model: Mapped[str]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    step: Mapped[int | None]
    benchmark_name: Mapped[str]
    benchmark_version: Mapped[str]
    benchmark: Mapped[dict[str, Any]] = mapped_column(Json)
    sampling: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class RolloutRow(Table):
    """One judged attempt, of a training step or of an evaluation."""

    __tablename__ = "rollout"
    __table_args__ = (
        CheckConstraint("(run_id IS NULL) <> (evaluation_id IS NULL)", name="one_origin"),
        CheckConstraint("(run_id IS NULL) = (step IS NULL)", name="step_of_run"),
        Index(
            "ix_rollout_run_step",
            *("run_id", "step", "id"),
            sqlite_where=text("run_id IS NOT NULL"),
            postgresql_where=text("run_id IS NOT NULL"),
        ),
        Index(
            "ix_rollout_run_status",
            *("run_id", "status", "step", "id"),
            sqlite_where=text("run_id IS NOT NULL"),
            postgresql_where=text("run_id IS NOT NULL"),
        ),
        Index(
            "uq_rollout_evaluation_sample",
            *("evaluation_id", "problem_id", "sample_index"),
            unique=True,
            sqlite_where=text("evaluation_id IS NOT NULL"),
            postgresql_where=text("evaluation_id IS NOT NULL"),
        ),
        Index(
            "ix_rollout_evaluation_status",
            *("evaluation_id", "status", "problem_id", "sample_index"),
            sqlite_where=text("evaluation_id IS NOT NULL"),
            postgresql_where=text("evaluation_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    problem_id: Mapped[int] = mapped_column(ForeignKey("problem.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    step: Mapped[int | None]
    evaluation_id: Mapped[int | None] = mapped_column(ForeignKey("evaluation.id", ondelete="CASCADE"))
    sample_index: Mapped[int]
    """Which of the problem's samples this is, from 0."""
    completion: Mapped[str]
    n_tokens: Mapped[int]
    truncated: Mapped[bool]
    kept: Mapped[bool]
    """False where dynamic sampling left the rollout's group out of the update."""
    reward: Mapped[float | None]
    """After the rubric; null where the answer was not judged."""
    verifier_id: Mapped[int] = mapped_column(ForeignKey("verifier.id"))
    """Whose verdict counts, of those in `verdict`."""
    status: Mapped[str]
    """Of the verdict that counts, for filters."""


class VerdictRow(Table):
    """What one verifier says of one rollout."""

    __tablename__ = "verdict"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads a plain dict

    rollout_id: Mapped[int] = mapped_column(ForeignKey("rollout.id", ondelete="CASCADE"), primary_key=True)
    verifier_id: Mapped[int] = mapped_column(ForeignKey("verifier.id"), primary_key=True)
    status: Mapped[str]
    reward: Mapped[float | None]
    extracted: Mapped[str | None]
    detail: Mapped[Any] = mapped_column(Json, nullable=True)
    wall_ms: Mapped[float]


class ReportRow(Table):
    """The report of one finished evaluation."""

    __tablename__ = "report"

    evaluation_id: Mapped[int] = mapped_column(
        ForeignKey("evaluation.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    report: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime]


class JobRow(Table):
    """Submissions that the hub accepted together."""

    __tablename__ = "job"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    total: Mapped[int]
    remaining: Mapped[int]
    """Submissions without a verdict."""
    created_at: Mapped[datetime]


class ChunkRow(Table):
    """The part of a job that one worker grades at a time."""

    __tablename__ = "chunk"
    __table_args__ = (Index(None, "state", "lease_until"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"), index=True)
    state: Mapped[str]
    """`queued`, `leased` or `done`."""
    attempts: Mapped[int]
    worker: Mapped[str | None]
    lease_until: Mapped[float | None]
    """Seconds since 1970, UTC."""


class GradingRow(Table):
    """One submission of a chunk, and its verdict once there is one."""

    __tablename__ = "grading"

    chunk_id: Mapped[int] = mapped_column(ForeignKey("chunk.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """In the job, from 0."""
    submission: Mapped[dict[str, Any]] = mapped_column(Json)
    verdict: Mapped[dict[str, Any] | None] = mapped_column(Json)
