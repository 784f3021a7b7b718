from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from db.errors import StoreError, UnknownRecord
from db.records import Label
from db.store import Store, open_store
from evals.rollout import Rollout
from rewards.verdict import Outcome, Verdict
from tests.db.material import BENCHMARK, SAMPLING, begin_run, keep_step, problem, rollout, submission, verdict

SPLIT = {"own": True, "math-verify": False}


def disputed(
    answer: str | None = "1/2", gold: object = "0.5", engines: Mapping[str, Any] = SPLIT, **fields: Any
) -> Verdict:
    detail = {"gold": gold, "engines": engines}
    return replace(verdict(), extracted=answer, detail=detail, **fields)


def judged(index: int, found: Verdict) -> Rollout:
    return replace(rollout(problem(1), index), verdict=found, reward=found.reward)


def test_a_disagreement_is_kept_with_all_that_a_person_needs(store: Store) -> None:
    store.keep_disagreements([disputed(verifier="math", version="2")])
    (found,) = store.disagreements()
    assert (found.verifier, found.version, found.gold, found.answer) == ("math", "2", "0.5", "1/2")
    assert (found.engines, found.status, found.reward) == (SPLIT, Outcome.CORRECT, 1.0)
    assert (found.seen, found.label, found.labelled_by, found.labelled_at) == (1, None, None, None)
    assert found.first_seen_at == found.last_seen_at
    assert found.first_seen_at.tzinfo is not None


@pytest.mark.parametrize(
    "detail",
    [
        None,
        "a reason",
        {"gold": "1"},
        {"gold": "1", "engines": None},
        {"gold": "1", "engines": ["own", "math-verify"]},
        {"gold": "1", "engines": {}},
        {"gold": "1", "engines": {"own": True, "math-verify": True}},
        {"gold": "1", "engines": {"own": False, "math-verify": False}},
        {"gold": "1", "engines": {"own": True, "math-verify": None}},
        {"gold": "1", "engines": {"own": 1, "math-verify": 0}},
    ],
)
def test_engines_of_one_mind_or_without_one_are_no_disagreement(store: Store, detail: Any) -> None:
    store.keep_disagreements([replace(verdict(), detail=detail)])
    assert store.disagreements() == []


def test_a_pair_is_there_once_and_follows_its_last_verdict(store: Store) -> None:
    other_way = {"own": False, "math-verify": True}
    store.keep_disagreements([disputed(), disputed(), disputed("0.50")])
    store.keep_disagreements([disputed(engines=other_way, version="2", status=Outcome.INCORRECT, reward=0.0)])
    first, second = store.disagreements()
    assert (first.answer, first.seen, first.version) == ("1/2", 3, "2")
    assert (first.engines, first.status, first.reward) == (other_way, Outcome.INCORRECT, 0.0)
    assert first.first_seen_at < first.last_seen_at
    assert (second.answer, second.seen) == ("0.50", 1)


def test_verifiers_have_queues_of_their_own(store: Store) -> None:
    store.keep_disagreements([disputed(verifier="math"), disputed(verifier="stem")])
    assert [each.verifier for each in store.disagreements("stem")] == ["stem"]
    assert len(store.disagreements()) == 2


def test_whatever_keeps_verdicts_notes_their_disagreements(store: Store) -> None:
    begin_run(store)
    keep_step(store, 1, [judged(0, disputed("step")), judged(1, verdict())])
    kept = store.begin_evaluation(
        model="m", run_id=None, step=None, benchmark=BENCHMARK, version="v", sampling=SAMPLING
    )
    attempts = [judged(0, disputed("evaluation"))]
    store.keep_evaluation_rollouts(kept.id, attempts)
    store.keep_evaluation_rollouts(kept.id, attempts)
    job = store.create_job([submission(0)], chunk_size=1)
    assert store.claim_chunk(job.chunk_ids[0], worker="w", lease_seconds=60)
    assert store.keep_chunk_verdicts(job.chunk_ids[0], [(0, disputed("job"))])
    assert not store.keep_chunk_verdicts(job.chunk_ids[0], [(0, disputed("job"))])
    assert {each.answer: each.seen for each in store.disagreements()} == {
        "step": 1,
        "evaluation": 1,
        "job": 1,
    }


def test_a_unit_that_fails_leaves_no_disagreement(store: Store) -> None:
    begin_run(store)
    keep_step(store, 1, [judged(0, disputed())])
    with pytest.raises(StoreError):
        keep_step(store, 1, [judged(0, disputed())])
    assert [each.seen for each in store.disagreements()] == [1]


def test_texts_of_any_kind_are_kept(store: Store) -> None:
    golds: list[object] = ["\0 \ud800", ["a", "b"], None, "x" * 100_000]
    store.keep_disagreements([disputed(None, gold) for gold in golds])
    found = store.disagreements()
    assert len(found) == len(golds)
    assert {each.answer for each in found} == {""}
    assert '["a","b"]' in {each.gold for each in found}


def test_a_person_settles_a_disagreement_and_may_think_again(store: Store) -> None:
    store.keep_disagreements([disputed(), disputed("2")])
    first, second = sorted(store.disagreements(), key=lambda each: each.answer)
    store.label_disagreement(first.id, Label.INCORRECT, by="ann")
    store.label_disagreement(first.id, Label.CORRECT, by="bob")
    store.keep_disagreements([disputed()])
    (settled,) = store.disagreements(labelled=True)
    assert (settled.id, settled.label, settled.labelled_by, settled.seen) == (
        first.id,
        Label.CORRECT,
        "bob",
        2,
    )
    assert settled.labelled_at is not None
    assert settled.labelled_at.tzinfo is not None
    assert [each.id for each in store.disagreements(labelled=False)] == [second.id]
    with pytest.raises(UnknownRecord, match="no disagreement 99"):
        store.label_disagreement(99, Label.CORRECT, by="ann")


def test_writers_that_note_the_same_pairs_never_wait_in_a_ring(url: str) -> None:
    verdicts = [disputed(str(number)) for number in range(50)]
    orders = [verdicts, verdicts[::-1]] * 2
    stores = [open_store(url) for _ in orders]
    with ThreadPoolExecutor(len(stores)) as writers:
        for _ in range(5):
            list(writers.map(lambda store, order: store.keep_disagreements(order), stores, orders))
    assert {each.seen for each in stores[0].disagreements()} == {20}
    for store in stores:
        store.close()
