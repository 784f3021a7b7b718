import pytest

from db.errors import StoreError, UnknownRecord
from db.records import SampleFilter, SampleLine
from db.store import Store
from rewards.verdict import Outcome
from tests.db.material import BENCHMARK, SAMPLING, group, problem

RUN = "r"


@pytest.fixture(autouse=True)
def filled(store: Store) -> None:
    """A run of three steps of eight rollouts, measured at two of them."""
    store.create_run(id=RUN, name="r", fingerprint="f", recipe={}, base_model="b", planned_steps=3)
    for step in (1, 2, 3):
        store.keep_step(
            run_id=RUN, step=step, metrics={}, timings={}, kept=group(step), dropped=group(step + 10)
        )
        if step > 1:
            state = store.begin_evaluation(
                model=f"r@{step}", run_id=RUN, step=step, benchmark=BENCHMARK, version="v", sampling=SAMPLING
            )
            for number in (1, 2, 3):
                store.keep_evaluation_rollouts(state.id, group(number))


def walk(store: Store, wanted: SampleFilter, limit: int = 5) -> list[SampleLine]:
    """All pages, one after another."""
    page = store.list_samples(wanted, limit=limit)
    lines = list(page.lines)
    while page.next_cursor is not None:
        page = store.list_samples(wanted, after=page.next_cursor, limit=limit)
        lines += page.lines
    return lines


@pytest.mark.parametrize("limit", [1, 5, 8, 24, 50])
def test_pages_show_every_rollout_of_a_run_once_and_in_order(store: Store, limit: int) -> None:
    lines = walk(store, SampleFilter(run_id=RUN), limit)
    assert [line.step for line in lines] == [1] * 8 + [2] * 8 + [3] * 8
    assert [line.index for line in lines] == [0, 1, 2, 3] * 6
    assert len({line.id for line in lines}) == 24


def test_a_line_shows_the_rollout_and_its_problem(store: Store) -> None:
    dropped = store.list_samples(SampleFilter(run_id=RUN)).lines[5]
    assert dropped.problem == problem(11)
    assert (dropped.text, dropped.n_tokens, dropped.truncated, dropped.kept) == ("It is 1.", 3, True, False)
    assert (dropped.reward, dropped.status, dropped.run_id) == (1.0, Outcome.CORRECT, RUN)


def test_samples_of_a_run_are_narrowed_by_step_and_status(store: Store) -> None:
    assert {line.step for line in walk(store, SampleFilter(run_id=RUN, step=2))} == {2}
    unjudged = walk(store, SampleFilter(run_id=RUN, status=Outcome.INFRA_ERROR), limit=2)
    assert len(unjudged) == 6
    assert {line.reward for line in unjudged} == {None}
    assert walk(store, SampleFilter(run_id=RUN, status=Outcome.UNSAFE)) == []


def test_samples_of_a_benchmark_come_by_evaluation_problem_and_index(store: Store) -> None:
    lines = walk(store, SampleFilter(benchmark="sums"))
    places = [(line.evaluation_id or 0, line.problem.prompt, line.index) for line in lines]
    assert places == sorted(places)
    assert len(places) == 24
    assert {line.run_id for line in lines} == {None}
    assert walk(store, SampleFilter(benchmark="unknown")) == []


def test_a_run_with_a_benchmark_means_its_evaluations(store: Store) -> None:
    third = walk(store, SampleFilter(run_id=RUN, benchmark="sums", step=3))
    assert len(third) == 12
    (evaluation,) = {line.evaluation_id for line in third}
    assert walk(store, SampleFilter(evaluation_id=evaluation)) == third
    correct = walk(store, SampleFilter(evaluation_id=evaluation, status=Outcome.CORRECT))
    assert [line.index for line in correct] == [1, 1, 1]


def test_samples_of_everything_at_once_are_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="by run, evaluation or benchmark"):
        store.list_samples(SampleFilter(status=Outcome.CORRECT))


def test_one_sample_has_its_verdict_with_all_it_says(store: Store) -> None:
    line = store.list_samples(SampleFilter(run_id=RUN)).lines[2]
    sample = store.get_sample(line.id)
    assert sample.line == line
    assert sample.verdicts == (group(1)[2].verdict,)


def test_an_unknown_sample_and_a_lost_cursor_are_named(store: Store) -> None:
    with pytest.raises(UnknownRecord, match="no rollout 999"):
        store.get_sample(999)
    with pytest.raises(UnknownRecord, match="no rollout 999"):
        store.list_samples(SampleFilter(run_id=RUN), after=999)
