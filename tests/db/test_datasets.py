import pytest

from db.errors import UnknownRecord
from db.records import Quarantined, Question
from db.store import Store
from evals.dataset import open_dataset
from tests.db.material import ask

CARD = open_dataset("deepscaler").card


def question(number: int, *, overlap: str = "", text: str = "What?") -> Question:
    return Question(
        content=f"{number:032x}",
        place=f"rows:{number}",
        question=f"{text} {number}",
        reference={"answer": str(number)},
        level="easy",
        overlap=overlap,
    )


def begin(store: Store, revision: str = "r1") -> int:
    return store.begin_dataset(CARD, revision=revision, origin="here").id


def test_a_batch_and_the_place_to_go_on_are_kept_together(store: Store) -> None:
    id = begin(store)
    bad = Quarantined(place="rows:2", reason="no\0answer", excerpt="\ud800" + "x" * 1000)
    assert store.keep_questions(id, [question(0), question(1)], [bad], position=4, others=1) == 2
    assert store.keep_questions(id, [question(1), question(3)], [], position=9, duplicates=2) == 1
    assert begin(store) == id, "begun again, it goes on"
    record = store.dataset("deepscaler")
    assert (record.position, record.taken, record.duplicates, record.quarantined, record.others) == (
        *(9, 3, 3, 1, 1),
    )
    assert not record.finished
    store.finish_dataset(id)
    assert store.dataset("deepscaler").finished
    assert [each for _, each in store.each_question(id)] == [question(0), question(1), question(3)]
    (kept,) = store.quarantined(id, limit=5)
    assert (kept.place, kept.reason) == ("rows:2", "no\ufffdanswer")
    assert len(kept.excerpt) == 400
    store.keep_questions(id, [], [Quarantined(place="p", reason="other", excerpt="")] * 3, position=12)
    assert store.quarantine_reasons(id, limit=9) == [("other", 3), ("no\ufffdanswer", 1)]
    assert store.quarantine_reasons(id, limit=1) == [("other", 3)]


def test_known_contents_are_those_of_one_data_set(store: Store) -> None:
    first, second = begin(store), begin(store, "r2")
    store.keep_questions(first, [question(number) for number in range(1200)], [], position=1200)
    store.keep_questions(second, [question(1)], [], position=1)
    asked = [f"{number:032x}" for number in range(600, 1900)]
    assert len(store.known_contents(first, asked)) == 600
    assert store.known_contents(second, asked) == set()
    assert len(list(store.each_question(first))) == 1200


def test_the_revision_imported_last_is_the_one_that_counts(store: Store) -> None:
    begin(store)
    begin(store, "r2")
    assert store.dataset("deepscaler").revision == "r2"
    with pytest.raises(UnknownRecord, match="'scp' is not imported here: `harness data import scp` does"):
        store.dataset("scp")


def test_questions_are_chosen_by_length_and_overlap(store: Store) -> None:
    id = begin(store)
    rows = [question(0), question(1, text="W" * 50), question(2, overlap="bench: it")]
    store.keep_questions(id, rows, [], position=3)

    def chosen(**limits: bool | int) -> list[str]:
        return [content[-1] for content, _ in store.question_contents(id, **limits)]  # type: ignore[arg-type]

    assert chosen() == ["0", "1"]
    assert chosen(include_overlaps=True) == ["0", "1", "2"]
    assert chosen(max_chars=20) == ["0"]
    assert store.count_overlaps(id) == 1
    keys = dict(store.question_contents(id, include_overlaps=True))
    store.mark_overlaps({keys[question(0).content]: "other: it", keys[question(2).content]: ""})
    assert chosen() == ["1", "2"]
    assert store.question(keys[question(0).content]).overlap == "other: it"


def test_dropping_a_data_set_takes_its_rows_along(store: Store, url: str) -> None:
    id = begin(store)
    store.keep_questions(id, [question(0)], [Quarantined(place="p", reason="r", excerpt="")], position=2)
    ((_, key),) = store.question_contents(id)
    store.drop_dataset(id)
    assert ask(url, "SELECT (SELECT count(*) FROM question) + (SELECT count(*) FROM quarantine)") == [(0,)]
    with pytest.raises(UnknownRecord, match="is gone"):
        store.question(key)
