"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_table(
        "problem",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=32), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("prompt", sa.String(), nullable=False),
        sa.Column("verifier", sa.String(), nullable=False),
        sa.Column("reference", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem")),
        sa.UniqueConstraint("hash", name=op.f("uq_problem_hash")),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("recipe", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("base_model", sa.String(), nullable=False),
        sa.Column("planned_steps", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        sa.UniqueConstraint("key", name=op.f("uq_run_key")),
    )
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_run_fingerprint"), ["fingerprint"], unique=False)

    op.create_table(
        "verifier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verifier")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_verifier_name_version")),
    )
    op.create_table(
        "chunk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(), nullable=True),
        sa.Column("lease_until", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_chunk_job_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chunk")),
    )
    with op.batch_alter_table("chunk", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chunk_job_id"), ["job_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_chunk_state_lease_until"), ["state", "lease_until"], unique=False
        )

    op.create_table(
        "evaluation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(length=32), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.Column("benchmark_name", sa.String(), nullable=False),
        sa.Column("benchmark_version", sa.String(), nullable=False),
        sa.Column("benchmark", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("sampling", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.id"], name=op.f("fk_evaluation_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
        sa.UniqueConstraint("identity", name=op.f("uq_evaluation_identity")),
    )
    with op.batch_alter_table("evaluation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evaluation_benchmark_name"), ["benchmark_name"], unique=False)
        batch_op.create_index(batch_op.f("ix_evaluation_run_id_step"), ["run_id", "step"], unique=False)

    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_event_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_run_id_step"), ["run_id", "step"], unique=False)

    op.create_table(
        "step",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("metrics", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("timings", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("n_kept", sa.Integer(), nullable=False),
        sa.Column("n_dropped", sa.Integer(), nullable=False),
        sa.Column("outcomes", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_step_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "step", name=op.f("pk_step")),
    )
    op.create_table(
        "grading",
        sa.Column("chunk_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("submission", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("verdict", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["chunk_id"], ["chunk.id"], name=op.f("fk_grading_chunk_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("chunk_id", "position", name=op.f("pk_grading")),
    )
    op.create_table(
        "report",
        sa.Column("evaluation_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("report", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_report_evaluation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("evaluation_id", name=op.f("pk_report")),
    )
    op.create_table(
        "rollout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.Column("evaluation_id", sa.Integer(), nullable=True),
        sa.Column("sample_index", sa.Integer(), nullable=False),
        sa.Column("completion", sa.String(), nullable=False),
        sa.Column("n_tokens", sa.Integer(), nullable=False),
        sa.Column("truncated", sa.Boolean(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("reward", sa.Double(), nullable=True),
        sa.Column("verifier_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.CheckConstraint("(run_id IS NULL) <> (evaluation_id IS NULL)", name=op.f("ck_rollout_one_origin")),
        sa.CheckConstraint("(run_id IS NULL) = (step IS NULL)", name=op.f("ck_rollout_step_of_run")),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_rollout_evaluation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"], name=op.f("fk_rollout_problem_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_rollout_run_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["verifier_id"], ["verifier.id"], name=op.f("fk_rollout_verifier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollout")),
    )
    with op.batch_alter_table("rollout", schema=None) as batch_op:
        batch_op.create_index(
            "ix_rollout_evaluation_status",
            ["evaluation_id", "status", "problem_id", "sample_index"],
            unique=False,
            sqlite_where=sa.text("evaluation_id IS NOT NULL"),
            postgresql_where=sa.text("evaluation_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_rollout_run_status",
            ["run_id", "status", "step", "id"],
            unique=False,
            sqlite_where=sa.text("run_id IS NOT NULL"),
            postgresql_where=sa.text("run_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_rollout_run_step",
            ["run_id", "step", "id"],
            unique=False,
            sqlite_where=sa.text("run_id IS NOT NULL"),
            postgresql_where=sa.text("run_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_rollout_evaluation_sample",
            ["evaluation_id", "problem_id", "sample_index"],
            unique=True,
            sqlite_where=sa.text("evaluation_id IS NOT NULL"),
            postgresql_where=sa.text("evaluation_id IS NOT NULL"),
        )

    op.create_table(
        "verdict",
        sa.Column("rollout_id", sa.Integer(), nullable=False),
        sa.Column("verifier_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reward", sa.Double(), nullable=True),
        sa.Column("extracted", sa.String(), nullable=True),
        sa.Column("detail", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("wall_ms", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rollout_id"], ["rollout.id"], name=op.f("fk_verdict_rollout_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["verifier_id"], ["verifier.id"], name=op.f("fk_verdict_verifier_id")),
        sa.PrimaryKeyConstraint("rollout_id", "verifier_id", name=op.f("pk_verdict")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("verdict")
    with op.batch_alter_table("rollout", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_rollout_evaluation_sample",
            sqlite_where=sa.text("evaluation_id IS NOT NULL"),
            postgresql_where=sa.text("evaluation_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_rollout_run_step",
            sqlite_where=sa.text("run_id IS NOT NULL"),
            postgresql_where=sa.text("run_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_rollout_run_status",
            sqlite_where=sa.text("run_id IS NOT NULL"),
            postgresql_where=sa.text("run_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_rollout_evaluation_status",
            sqlite_where=sa.text("evaluation_id IS NOT NULL"),
            postgresql_where=sa.text("evaluation_id IS NOT NULL"),
        )

    op.drop_table("rollout")
    op.drop_table("report")
    op.drop_table("grading")
    op.drop_table("step")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_run_id_step"))

    op.drop_table("event")
    with op.batch_alter_table("evaluation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evaluation_run_id_step"))
        batch_op.drop_index(batch_op.f("ix_evaluation_benchmark_name"))

    op.drop_table("evaluation")
    with op.batch_alter_table("chunk", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_chunk_state_lease_until"))
        batch_op.drop_index(batch_op.f("ix_chunk_job_id"))

    op.drop_table("chunk")
    op.drop_table("verifier")
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_run_fingerprint"))

    op.drop_table("run")
    op.drop_table("problem")
    op.drop_table("job")
