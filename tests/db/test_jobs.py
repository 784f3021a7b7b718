import pytest

from db.errors import StoreError, UnknownRecord
from db.records import Job
from db.store import Store
from rewards.verdict import Outcome
from tests.db.material import submission, verdict

FIVE = [submission(number) for number in range(5)]


def create(store: Store) -> Job:
    return store.create_job(FIVE, chunk_size=2)


def grade(store: Store, chunk_id: int, reward: float = 1.0) -> bool:
    claimed = store.claim_chunk(chunk_id, worker="w", lease_seconds=60)
    assert claimed is not None
    return store.keep_chunk_verdicts(chunk_id, [(position, verdict(reward)) for position, _ in claimed])


def test_a_job_is_cut_into_chunks_that_give_back_what_came_in(store: Store) -> None:
    job = create(store)
    claimed = [store.claim_chunk(chunk, worker="w", lease_seconds=60) or [] for chunk in job.chunk_ids]
    assert [len(part) for part in claimed] == [2, 2, 1]
    assert [pair for part in claimed for pair in part] == list(enumerate(FIVE))


def test_a_job_counts_down_and_its_verdicts_come_in_order(store: Store) -> None:
    job = create(store)
    remaining = []
    for chunk in reversed(job.chunk_ids):
        grade(store, chunk, reward=0.1 if chunk == job.chunk_ids[0] else 1.0)
        remaining.append(store.job_state(job.id).remaining)
    assert remaining == [4, 2, 0]
    rewards = [each.reward for each in store.job_verdicts(job.id) if each]
    assert rewards == [0.1, 0.1, 1.0, 1.0, 1.0]
    assert store.job_verdicts(job.id)[4] == verdict()


def test_an_unfinished_job_has_gaps(store: Store) -> None:
    job = create(store)
    grade(store, job.chunk_ids[1])
    assert [each is None for each in store.job_verdicts(job.id)] == [True, True, False, False, True]


def test_a_job_of_nothing_is_done_at_once(store: Store) -> None:
    job = store.create_job([], chunk_size=2)
    assert (job.chunk_ids, store.job_state(job.id).remaining, store.job_verdicts(job.id)) == ((), 0, [])


def test_a_leased_chunk_is_nobody_elses(store: Store) -> None:
    chunk = create(store).chunk_ids[0]
    assert store.claim_chunk(chunk, worker="one", lease_seconds=60) is not None
    assert store.claim_chunk(chunk, worker="two", lease_seconds=60) is None
    assert store.expired_chunks() == []


def test_a_chunk_whose_worker_died_is_sent_again(store: Store) -> None:
    chunk = create(store).chunk_ids[0]
    store.claim_chunk(chunk, worker="dies", lease_seconds=0)
    assert store.expired_chunks() == [chunk]
    assert grade(store, chunk)
    assert store.expired_chunks() == []


def test_a_chunk_graded_twice_is_kept_and_counted_once(store: Store) -> None:
    job = create(store)
    chunk = job.chunk_ids[0]
    store.claim_chunk(chunk, worker="slow", lease_seconds=0)
    assert grade(store, chunk, reward=1.0)
    late = store.keep_chunk_verdicts(chunk, [(0, verdict(0.0)), (1, verdict(0.0))])
    assert not late
    assert store.job_state(job.id).remaining == 3
    assert [each.reward for each in store.job_verdicts(job.id) if each] == [1.0, 1.0]
    assert store.claim_chunk(chunk, worker="w", lease_seconds=60) is None


def test_a_chunk_that_three_workers_died_on_is_our_error_and_not_the_answers(store: Store) -> None:
    job = create(store)
    chunk = job.chunk_ids[0]
    for attempt in (1, 2, 3):
        assert store.claim_chunk(chunk, worker=f"w{attempt}", lease_seconds=0) is not None
        assert store.expired_chunks() == ([chunk] if attempt < 3 else [])
    assert store.claim_chunk(chunk, worker="w4", lease_seconds=0) is None
    assert store.job_state(job.id).remaining == 3
    given_up = [each for each in store.job_verdicts(job.id) if each]
    assert [(each.status, each.reward) for each in given_up] == [(Outcome.INFRA_ERROR, None)] * 2
    assert "3 workers" in str(given_up[0].detail)
    assert "w3" in str(given_up[0].detail)


def test_a_chunk_takes_one_verdict_for_each_submission_or_none_at_all(store: Store) -> None:
    job = create(store)
    chunk = job.chunk_ids[0]
    store.claim_chunk(chunk, worker="w", lease_seconds=60)
    for wrong in ([(0, verdict())], [(0, verdict()), (7, verdict())], []):
        with pytest.raises(StoreError, match="one verdict for each"):
            store.keep_chunk_verdicts(chunk, wrong)
    assert store.job_state(job.id).remaining == 5
    assert store.keep_chunk_verdicts(chunk, [(1, verdict()), (0, verdict())])


def test_a_forgotten_job_is_gone_and_its_workers_are_not_disturbed(store: Store) -> None:
    job, other = create(store), create(store)
    store.claim_chunk(job.chunk_ids[0], worker="w", lease_seconds=60)
    store.forget_job(job.id)
    with pytest.raises(UnknownRecord, match="no job"):
        store.job_state(job.id)
    assert store.job_verdicts(job.id) == []
    assert not store.keep_chunk_verdicts(job.chunk_ids[0], [(0, verdict()), (1, verdict())])
    assert store.claim_chunk(job.chunk_ids[1], worker="w", lease_seconds=60) is None
    assert store.job_state(other.id).remaining == 5
