"""Verifiers with the code behind them, their audits, and the queue of disagreements."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "disagreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=32), nullable=False),
        sa.Column("verifier", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("engines", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reward", sa.Double(), nullable=True),
        sa.Column("gold", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(), nullable=False),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("labelled_by", sa.String(), nullable=True),
        sa.Column("labelled_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disagreement")),
        sa.UniqueConstraint("hash", name=op.f("uq_disagreement_hash")),
    )
    with op.batch_alter_table("disagreement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disagreement_verifier"), ["verifier"], unique=False)

    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("verifier_id", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("report", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["verifier_id"], ["verifier.id"], name=op.f("fk_audit_verifier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_verifier_id"), ["verifier_id"], unique=False)

    with op.batch_alter_table("verifier", schema=None) as batch_op:
        batch_op.add_column(sa.Column("code_hash", sa.String(length=32), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("libraries", sa.JSON(none_as_null=True), server_default="{}", nullable=False)
        )
        batch_op.add_column(
            sa.Column("configuration", sa.JSON(none_as_null=True), server_default="{}", nullable=False)
        )
        batch_op.add_column(sa.Column("registered_at", sa.DateTime(), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_verifier_name_version"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_verifier_name_version_code_hash"), ["name", "version", "code_hash"]
        )


def downgrade() -> None:
    with op.batch_alter_table("verifier", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_verifier_name_version_code_hash"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_verifier_name_version"), ["name", "version"])
        batch_op.drop_column("registered_at")
        batch_op.drop_column("configuration")
        batch_op.drop_column("libraries")
        batch_op.drop_column("code_hash")

    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_verifier_id"))

    op.drop_table("audit")
    with op.batch_alter_table("disagreement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disagreement_verifier"))

    op.drop_table("disagreement")
