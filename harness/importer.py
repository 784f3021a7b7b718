"""Importing a data set: rows in, proved questions into the database, the rest into quarantine.

Memory does not grow with the data set. Each batch is kept in one unit with the place where the
import goes on, so a killed import goes on by the same command and does nothing twice.

Not covered: what is trained on in the end, which a recipe draws (`harness.problems`).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, Protocol

from db.records import DatasetRecord, Quarantined, Question
from db.store import Store
from evals.dataset import Candidate, Dataset, conforming, require_keepable
from evals.errors import EvalError
from evals.overlap import Overlap
from evals.row_files import Row
from harness.proving import faults_of
from rewards.grader import Grader

BATCH_ROWS: Final = 64
BATCH_CHARS: Final = 8_000_000
"""Of the questions and references that are graded together."""
EXCERPT_CHARS: Final = 400


class Progress(Protocol):
    """Told how far an import got."""

    def update(self, done: int, text: str = "") -> None:
        """So many upstream rows are done."""
        ...


@dataclass(slots=True)
class _Batch:
    """What became of some rows, before it is kept."""

    position: int
    candidates: list[tuple[Row, Candidate, str]] = field(default_factory=list)
    """With the hash of their content."""
    quarantined: list[Quarantined] = field(default_factory=list)
    duplicates: int = 0
    others: int = 0
    chars: int = 0


class Importer:
    """Imports rows of one data set into one record."""

    def __init__(self, dataset: Dataset, *, store: Store, grader: Grader, overlap: Overlap) -> None:
        """Import `dataset`; questions that repeat a benchmark of `overlap` are marked."""
        self._dataset = dataset
        self._store = store
        self._grader = grader
        self._overlap = overlap

    def run(
        self, record: DatasetRecord, rows: Iterator[Row], *, limit: int | None, progress: Progress
    ) -> None:
        """Go through `rows`, which begin at the record's position, until `limit` questions are taken in all.

        Raises:
            EvalError: the rows end before their end; what came before is kept.
            GradingError: the grader fails; the rows since the last batch come again.
            StoreError: they cannot be kept.
        """
        taken, position = record.taken, record.position
        while limit is None or taken < limit:
            most = BATCH_ROWS if limit is None else min(BATCH_ROWS, limit - taken)
            batch = self._read(islice(rows, most), position)
            if batch.position == position:
                self._store.finish_dataset(record.id)
                return
            taken += self._keep(record.id, batch)
            position = batch.position
            progress.update(position, f"{taken} questions")

    def _read(self, rows: Iterator[Row], position: int) -> _Batch:
        batch = _Batch(position=position)
        for row in rows:
            batch.position = row.position + 1
            try:
                candidate = self._candidate(row)
            except EvalError as error:
                batch.quarantined.append(_quarantined(row, str(error)))
                continue
            if candidate is None:
                batch.others += 1
                continue
            batch.candidates.append((row, candidate, candidate.content()))
            batch.chars += len(candidate.question) + len(json.dumps(candidate.reference))
            if batch.chars > BATCH_CHARS:
                break
        return batch

    def _candidate(self, row: Row) -> Candidate | None:
        if row.fault:
            raise EvalError(row.fault)
        candidate = self._dataset.candidate(conforming(row.content, self._dataset.card.columns))
        if candidate is not None:
            require_keepable(candidate)
        return candidate

    def _keep(self, dataset_id: int, batch: _Batch) -> int:
        seen = self._store.known_contents(dataset_id, [content for _, _, content in batch.candidates])
        new: list[tuple[Row, Candidate, str]] = []
        for row, candidate, content in batch.candidates:
            if content in seen:
                batch.duplicates += 1
            else:
                seen.add(content)
                new.append((row, candidate, content))
        faults = faults_of([candidate for _, candidate, _ in new], self._dataset.card, self._grader)
        batch.quarantined += [
            _quarantined(row, fault) for (row, _, _), fault in zip(new, faults, strict=True) if fault
        ]
        questions = [
            Question(
                content=content,
                place=row.place,
                question=candidate.question,
                reference=candidate.reference,
                level=candidate.level,
                overlap=self._overlap.find(candidate.question),
            )
            for (row, candidate, content), fault in zip(new, faults, strict=True)
            if not fault
        ]
        return self._store.keep_questions(
            dataset_id,
            questions,
            batch.quarantined,
            position=batch.position,
            duplicates=batch.duplicates,
            others=batch.others,
        )


def mark_overlaps(store: Store, record: DatasetRecord, overlap: Overlap) -> int:
    """Look again at every question that is not flagged yet; how many repeat a benchmark now."""
    found: dict[int, str] = {}
    for key, question in store.each_question(record.id):
        if not question.overlap and (words := overlap.find(question.question)):
            found[key] = words
    store.mark_overlaps(found)
    return store.count_overlaps(record.id)


def _quarantined(row: Row, reason: str) -> Quarantined:
    excerpt = json.dumps(row.content, default=str)[:EXCERPT_CHARS] if row.content is not None else ""
    return Quarantined(place=row.place, reason=reason, excerpt=excerpt)
