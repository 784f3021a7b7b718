from collections.abc import Sequence

import pytest

from db.errors import UnknownRecord
from db.store import Store
from evals.benchmark import Relation
from evals.report import Report, tally
from evals.rollout import Rollout
from evals.sampler import Sampling
from rewards.problem import Domain
from tests.db.material import BENCHMARK, SAMPLING, group, problem, rollout


def begin(store: Store, model: str = "tiny", *, sampling: Sampling = SAMPLING) -> int:
    return store.begin_evaluation(
        model=model, run_id=None, step=None, benchmark=BENCHMARK, version="v1", sampling=sampling
    ).id


def report_of(groups: Sequence[list[Rollout]], model: str = "tiny") -> Report:
    return Report(
        benchmark=BENCHMARK.name,
        version="v1",
        domain=Domain.LOGIC,
        relation=Relation.HARDER,
        model=model,
        sampling=SAMPLING,
        tallies=tuple(tally(each[0].problem.id, each[0].problem.level, 4, each) for each in groups),
        verifier="scripted@1",
    )


def test_the_same_evaluation_is_begun_once(store: Store) -> None:
    first = begin(store)
    assert begin(store) == first
    assert begin(store, "other") != first
    assert begin(store, sampling=Sampling(n=8)) != first


def test_an_evaluation_of_an_unknown_run_is_refused(store: Store) -> None:
    with pytest.raises(UnknownRecord, match="no run 'nowhere'"):
        store.begin_evaluation(
            model="m", run_id="nowhere", step=1, benchmark=BENCHMARK, version="v", sampling=SAMPLING
        )
    assert store.evaluations() == []


def test_a_resumed_evaluation_knows_which_problems_are_whole(store: Store) -> None:
    evaluation = begin(store)
    store.keep_evaluation_rollouts(evaluation, group(1) + group(2)[:2])
    state = store.begin_evaluation(
        model="tiny", run_id=None, step=None, benchmark=BENCHMARK, version="v1", sampling=SAMPLING
    )
    assert state.id == evaluation
    assert state.done_problem_ids == {problem(1).id}
    assert state.report is None
    assert [each.problem_id for each in store.tallies(evaluation)] == [problem(1).id]


def test_rollouts_kept_twice_count_once_and_the_first_stays(store: Store) -> None:
    evaluation = begin(store)
    store.keep_evaluation_rollouts(evaluation, group(1))
    again = [rollout(problem(1), index, 1.0) for index in range(4)]
    store.keep_evaluation_rollouts(evaluation, again)
    assert [each.correct for each in store.tallies(evaluation)] == [1]


def test_tallies_from_the_database_equal_those_of_the_rollouts(store: Store) -> None:
    groups = [group(number) for number in (3, 1, 2)]
    evaluation = begin(store)
    for each in groups:
        store.keep_evaluation_rollouts(evaluation, each)
    assert store.tallies(evaluation) == list(report_of(groups).tallies)


def test_a_report_comes_back_as_it_was_kept(store: Store) -> None:
    report = report_of([group(1), group(2)])
    evaluation = begin(store)
    store.finish_evaluation(evaluation, report)
    (kept,) = store.reports()
    assert kept.report == report
    assert (kept.evaluation_id, kept.run_id, kept.step) == (evaluation, None, None)
    state = store.begin_evaluation(
        model="tiny", run_id=None, step=None, benchmark=BENCHMARK, version="v1", sampling=SAMPLING
    )
    assert state.report == report


def test_a_report_is_kept_once(store: Store) -> None:
    evaluation = begin(store)
    store.finish_evaluation(evaluation, report_of([group(1)]))
    store.finish_evaluation(evaluation, report_of([group(2)]))
    assert [kept.report for kept in store.reports()] == [report_of([group(1)])]


def test_reports_are_found_by_run_model_and_benchmark(store: Store) -> None:
    store.create_run(id="r", name="r", fingerprint="f", recipe={}, base_model="b", planned_steps=9)
    for model, run_id, step in (("r@9", "r", 9), ("tiny", None, None), ("r@0", "r", 0)):
        state = store.begin_evaluation(
            model=model, run_id=run_id, step=step, benchmark=BENCHMARK, version="v1", sampling=SAMPLING
        )
        store.finish_evaluation(state.id, report_of([group(1)], model))
    assert [kept.report.model for kept in store.reports()] == ["r@0", "r@9", "tiny"]
    assert [(kept.run_id, kept.step) for kept in store.reports(run_id="r")] == [("r", 0), ("r", 9)]
    assert [kept.report.model for kept in store.reports(model="tiny")] == ["tiny"]
    assert len(store.reports(benchmark="sums")) == 3
    assert store.reports(benchmark="other") == []


def test_evaluations_are_listed_with_whether_they_are_finished(store: Store) -> None:
    begin(store, "one")
    store.finish_evaluation(begin(store, "two"), report_of([group(1)]))
    assert [(each.model, each.finished) for each in store.evaluations()] == [("one", False), ("two", True)]
    assert store.evaluations()[0].benchmark == BENCHMARK
    assert store.evaluations()[0].sampling == SAMPLING


def test_an_evaluation_that_was_forgotten_takes_nothing_more(store: Store) -> None:
    with pytest.raises(UnknownRecord, match="no evaluation 99"):
        store.keep_evaluation_rollouts(99, group(1))
    with pytest.raises(UnknownRecord, match="no evaluation 99"):
        store.finish_evaluation(99, report_of([group(1)]))
    with pytest.raises(UnknownRecord, match="no evaluation 99"):
        store.tallies(99)
