"""Verbs on imported data sets: their proved questions, and the rows that were not taken.

A batch of rows is kept in one unit with the place where the import goes on, so that an import that
was killed repeats nothing and skips nothing.

Not covered: the problems that runs train on, which are kept with their rollouts (`db.catalog`).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from db import mapping
from db.catalog import LOOKUP_ROWS, insert_missing
from db.connection import Database
from db.dataset_tables import DatasetRow, QuarantineRow, QuestionRow
from db.errors import UnknownRecord
from db.records import DatasetRecord, Quarantined, Question
from evals.dataset import Card
from rewards.problem import Domain

EXCERPT_CHARS = 400
PAGE_ROWS = 500
"""Questions in memory at a time when all of a data set are gone through."""


class DatasetVerbs:
    """The part of the store that holds imported data sets."""

    _database: Database

    def begin_dataset(self, card: Card, *, revision: str, origin: str) -> DatasetRecord:
        """The record of a data set's revision, made where there is none."""
        moment = mapping.now()
        values = {
            "name": card.name,
            "revision": revision,
            "origin": origin,
            "domain": card.domain.value,
            "verifier": card.verifier,
            "template": card.template,
            "licence": card.licence,
            "position": 0,
            "finished": False,
            **dict.fromkeys(("n_taken", "n_duplicates", "n_quarantined", "n_others"), 0),
            "created_at": moment,
            "updated_at": moment,
        }
        with self._database.writing() as connection:
            insert_missing(connection, DatasetRow, [values])
            found = select(DatasetRow).where(DatasetRow.name == card.name, DatasetRow.revision == revision)
            return _record(connection.execute(found).one())

    def keep_questions(
        self,
        dataset_id: int,
        questions: Sequence[Question],
        quarantined: Sequence[Quarantined],
        *,
        position: int,
        duplicates: int = 0,
        others: int = 0,
    ) -> int:
        """Keep what became of a batch of rows; how many of the questions were new.

        Args:
            dataset_id: of the data set.
            questions: proved ones; those whose content is there already count as duplicates.
            quarantined: rows that were not taken.
            position: where the import goes on.
            duplicates: rows known as duplicates beforehand.
            others: rows of a kind that the data set does not take.
        """
        with self._database.writing() as connection:
            known = _known(connection, dataset_id, [each.content for each in questions])
            fresh = {each.content: each for each in questions if each.content not in known}
            if fresh:
                connection.execute(
                    insert(QuestionRow), [_question_values(dataset_id, each) for each in fresh.values()]
                )
            new = len(fresh)
            if quarantined:
                connection.execute(
                    insert(QuarantineRow), [_quarantine_values(dataset_id, each) for each in quarantined]
                )
            changes = update(DatasetRow).where(DatasetRow.id == dataset_id)
            connection.execute(
                changes.values(
                    position=position,
                    n_taken=DatasetRow.n_taken + new,
                    n_duplicates=DatasetRow.n_duplicates + duplicates + len(questions) - new,
                    n_quarantined=DatasetRow.n_quarantined + len(quarantined),
                    n_others=DatasetRow.n_others + others,
                    updated_at=mapping.now(),
                )
            )
        return new

    def finish_dataset(self, dataset_id: int) -> None:
        """Note that every upstream row was looked at."""
        done = update(DatasetRow).where(DatasetRow.id == dataset_id)
        with self._database.writing() as connection:
            connection.execute(done.values(finished=True, updated_at=mapping.now()))

    def drop_dataset(self, dataset_id: int) -> None:
        """Forget a data set's revision with all its rows; what runs trained on is kept with them."""
        with self._database.writing() as connection:
            connection.execute(delete(DatasetRow).where(DatasetRow.id == dataset_id))

    def datasets(self) -> list[DatasetRecord]:
        """All imported revisions, by name, the one imported last first."""
        query = select(DatasetRow).order_by(DatasetRow.name, DatasetRow.id.desc())
        with self._database.reading() as connection:
            return [_record(row) for row in connection.execute(query)]

    def dataset(self, name: str) -> DatasetRecord:
        """The revision of a data set that was imported last.

        Raises:
            UnknownRecord: none was.
        """
        found = next((each for each in self.datasets() if each.name == name), None)
        if found is None:
            known = ", ".join(sorted({each.name for each in self.datasets()})) or "none yet"
            raise UnknownRecord(
                f"data set {name!r} is not imported here: `harness data import {name}` does; have {known}"
            )
        return found

    def known_contents(self, dataset_id: int, contents: Iterable[str]) -> set[str]:
        """Which of these contents the data set has already."""
        with self._database.reading() as connection:
            return _known(connection, dataset_id, list(contents))

    def question_contents(
        self, dataset_id: int, *, max_chars: int | None = None, include_overlaps: bool = False
    ) -> list[tuple[str, int]]:
        """Content and key of each question; give the key to `question`.

        Args:
            dataset_id: of the data set.
            max_chars: only questions of at most so many characters.
            include_overlaps: whether to give those that repeat a benchmark.
        """
        query = select(QuestionRow.content, QuestionRow.id).where(QuestionRow.dataset_id == dataset_id)
        if max_chars is not None:
            query = query.where(func.length(QuestionRow.question) <= max_chars)
        if not include_overlaps:
            query = query.where(QuestionRow.overlap == "")
        with self._database.reading() as connection:
            return [(content, key) for content, key in connection.execute(query)]

    def question(self, key: int) -> Question:
        """One question.

        Raises:
            UnknownRecord: it is gone.
        """
        with self._database.reading() as connection:
            row = connection.execute(select(QuestionRow).where(QuestionRow.id == key)).one_or_none()
        if row is None:
            raise UnknownRecord(f"question {key} is gone: its data set was imported anew")
        return _question(row)

    def each_question(self, dataset_id: int) -> Iterator[tuple[int, Question]]:
        """Key and question of all, a page in memory at a time."""
        last = 0
        while True:
            query = select(QuestionRow).where(QuestionRow.dataset_id == dataset_id, QuestionRow.id > last)
            with self._database.reading() as connection:
                rows = connection.execute(query.order_by(QuestionRow.id).limit(PAGE_ROWS)).all()
            for row in rows:
                yield row.id, _question(row)
            if len(rows) < PAGE_ROWS:
                return
            last = rows[-1].id

    def mark_overlaps(self, overlaps: dict[int, str]) -> None:
        """Set the overlap of questions, by key; empty for none."""
        if overlaps:
            change = update(QuestionRow.__table__).where(QuestionRow.__table__.c.id == bindparam("key"))  # type: ignore[arg-type]
            rows = [{"key": key, "overlap": mapping.clean(text)} for key, text in overlaps.items()]
            with self._database.writing() as connection:
                connection.execute(change, rows)

    def count_overlaps(self, dataset_id: int) -> int:
        """Questions of the data set that repeat a benchmark."""
        query = select(func.count()).where(QuestionRow.dataset_id == dataset_id, QuestionRow.overlap != "")
        with self._database.reading() as connection:
            return connection.scalar(query) or 0

    def quarantine_reasons(self, dataset_id: int, *, limit: int) -> list[tuple[str, int]]:
        """The reasons for which rows were not taken, with how many were, most frequent first."""
        rows = func.count(QuarantineRow.id)
        query = (
            select(QuarantineRow.reason, rows)
            .where(QuarantineRow.dataset_id == dataset_id)
            .group_by(QuarantineRow.reason)
            .order_by(rows.desc(), QuarantineRow.reason)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [(reason, count) for reason, count in connection.execute(query)]

    def quarantined(self, dataset_id: int, *, limit: int) -> list[Quarantined]:
        """Rows of the data set that were not taken, in the order in which they were looked at."""
        query = select(QuarantineRow).where(QuarantineRow.dataset_id == dataset_id).order_by(QuarantineRow.id)
        with self._database.reading() as connection:
            return [
                Quarantined(place=row.place, reason=row.reason, excerpt=row.excerpt)
                for row in connection.execute(query.limit(limit))
            ]


def _known(connection: Connection, dataset_id: int, contents: list[str]) -> set[str]:
    found: set[str] = set()
    for at in range(0, len(contents), LOOKUP_ROWS):
        part = QuestionRow.content.in_(contents[at : at + LOOKUP_ROWS])
        found.update(
            connection.scalars(select(QuestionRow.content).where(QuestionRow.dataset_id == dataset_id, part))
        )
    return found


def _question_values(dataset_id: int, question: Question) -> mapping.Values:
    return {
        "dataset_id": dataset_id,
        "content": question.content,
        "place": mapping.clean(question.place),
        "question": question.question,
        "reference": question.reference,
        "level": mapping.clean(question.level),
        "overlap": mapping.clean(question.overlap),
    }


def _quarantine_values(dataset_id: int, row: Quarantined) -> mapping.Values:
    return {
        "dataset_id": dataset_id,
        "place": mapping.clean(row.place),
        "reason": mapping.clean(row.reason),
        "excerpt": mapping.clean(row.excerpt)[:EXCERPT_CHARS],
    }


def _question(row: mapping.AnyRow) -> Question:
    return Question(
        content=row.content,
        place=row.place,
        question=row.question,
        reference=row.reference,
        level=row.level,
        overlap=row.overlap,
    )


def _record(row: mapping.AnyRow) -> DatasetRecord:
    return DatasetRecord(
        id=row.id,
        name=row.name,
        revision=row.revision,
        origin=row.origin,
        domain=Domain(row.domain),
        verifier=row.verifier,
        template=row.template,
        licence=row.licence,
        position=row.position,
        finished=row.finished,
        taken=row.n_taken,
        duplicates=row.n_duplicates,
        quarantined=row.n_quarantined,
        others=row.n_others,
        created_at=row.created_at.replace(tzinfo=UTC),
        updated_at=row.updated_at.replace(tzinfo=UTC),
    )
