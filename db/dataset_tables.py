"""The tables of imported data sets, declared as those of `db.tables`."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.tables import Json, Table


class DatasetRow(Table):
    """One revision of one published data set, as far as it is imported."""

    __tablename__ = "dataset"
    __table_args__ = (UniqueConstraint("name", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    revision: Mapped[str]
    origin: Mapped[str]
    """Where its rows came from: the hub's repository, or files."""
    domain: Mapped[str]
    verifier: Mapped[str]
    template: Mapped[str]
    licence: Mapped[str]
    position: Mapped[int]
    """Of the first upstream row that was not looked at yet: where the import goes on."""
    finished: Mapped[bool]
    n_taken: Mapped[int]
    n_duplicates: Mapped[int]
    n_quarantined: Mapped[int]
    n_others: Mapped[int]
    """Rows of a kind that the data set does not take."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class QuestionRow(Table):
    """One proved problem of a data set, before a recipe's template and verifier make a `problem` of it."""

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("dataset_id", "content"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"))
    content: Mapped[str] = mapped_column(String(32))
    """`Candidate.content`."""
    place: Mapped[str]
    question: Mapped[str]
    reference: Mapped[dict[str, Any]] = mapped_column(Json)
    level: Mapped[str]
    overlap: Mapped[str]
    """The benchmark that it repeats, with the words; empty where it repeats none."""


class QuarantineRow(Table):
    """One row of a data set that was not taken, and why."""

    __tablename__ = "quarantine"

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"), index=True)
    place: Mapped[str]
    reason: Mapped[str]
    excerpt: Mapped[str]
    """The beginning of the row, as JSON."""
