import math
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy import table as table_called

from db.errors import StoreError, UnknownRecord
from db.records import RunCounts, RunStatus
from db.store import Store, open_store
from evals.rollout import Rollout
from rewards.problem import Domain
from rewards.verdict import Outcome
from tests.db.material import BENCHMARK, SAMPLING, group, problem, rollout


def begin(store: Store, run_id: str = "demo-1", fingerprint: str = "f") -> str:
    store.create_run(
        id=run_id,
        name="demo",
        fingerprint=fingerprint,
        recipe={"steps": 3, "seed": 7},
        base_model="tiny",
        planned_steps=3,
    )
    return run_id


def keep(
    store: Store, run_id: str, step: int, kept: list[Rollout], dropped: list[Rollout] | None = None
) -> None:
    store.keep_step(
        run_id=run_id,
        step=step,
        metrics={"reward_mean": step / 10},
        timings={"sample": 0.5},
        kept=kept,
        dropped=dropped or [],
    )


def test_a_run_comes_back_as_it_was_begun(store: Store) -> None:
    begin(store)
    run = store.get_run("demo-1")
    assert (run.id, run.name, run.base_model, run.planned_steps) == ("demo-1", "demo", "tiny", 3)
    assert run.recipe == {"steps": 3, "seed": 7}
    assert run.status is RunStatus.RUNNING
    assert run.created_at.tzinfo is not None


def test_runs_are_found_by_fingerprint_newest_first(store: Store) -> None:
    for run_id, fingerprint in (("a", "one"), ("b", "two"), ("c", "one")):
        begin(store, run_id, fingerprint)
    assert [run.id for run in store.find_runs("one")] == ["c", "a"]
    assert [run.id for run in store.runs()] == ["c", "b", "a"]


def test_a_run_id_is_taken_once(store: Store) -> None:
    begin(store)
    with pytest.raises(StoreError, match="'demo-1' is there already"):
        begin(store)


def test_an_unknown_run_is_named_with_those_that_are_known(store: Store) -> None:
    begin(store)
    with pytest.raises(UnknownRecord, match="no run 'other': the newest are demo-1"):
        store.steps("other")


def test_a_status_is_one_of_four(store: Store) -> None:
    begin(store)
    store.set_run_status("demo-1", "finished")
    assert store.get_run("demo-1").status is RunStatus.FINISHED
    with pytest.raises(ValueError, match="asleep"):
        store.set_run_status("demo-1", "asleep")


def test_a_step_is_kept_with_all_its_rollouts_and_verdicts(store: Store) -> None:
    run = begin(store)
    keep(store, run, 1, group(1), group(2, domain=Domain.MATH))
    (step,) = store.steps(run)
    assert (step.step, step.n_kept, step.n_dropped) == (1, 4, 4)
    assert step.metrics == {"reward_mean": 0.1}
    assert step.timings == {"sample": 0.5}
    each = {"correct": 1, "incorrect": 1, "infra_error": 1, "partial": 1}
    assert step.outcomes == {"logic": each, "math": each}
    by_status = {Outcome(status): 2 for status in each}
    assert store.counts(run) == RunCounts(rollouts=8, verdicts=8, by_status=by_status)


def test_outcomes_of_a_run_are_those_of_its_steps_together(store: Store) -> None:
    run = begin(store)
    keep(store, run, 1, [rollout(problem(1), 0), rollout(problem(1), 1, 0.0)])
    keep(store, run, 2, [rollout(problem(1), 0), rollout(problem(2, Domain.MATH), 0)])
    assert store.outcomes(run) == {"logic": {"correct": 2, "incorrect": 1}, "math": {"correct": 1}}


def test_a_step_without_rollouts_is_kept(store: Store) -> None:
    run = begin(store)
    keep(store, run, 1, [])
    assert store.counts(run).rollouts == 0
    assert len(store.steps(run)) == 1


def test_a_step_is_kept_once_and_a_second_time_changes_nothing(store: Store) -> None:
    run = begin(store)
    keep(store, run, 0, group(1))
    with pytest.raises(StoreError, match="step 0 of run 'demo-1' is kept already"):
        keep(store, run, 0, group(2))
    assert store.counts(run).rollouts == 4


def test_problems_and_verifiers_are_kept_once_however_often_they_come(url: str) -> None:
    for step in (1, 2):
        with open_store(url) as store:  # the second knows nothing of what the first remembered
            run = begin(store) if step == 1 else "demo-1"
            keep(store, run, step, group(1) + group(2) + [rollout(problem(1), 9, version="2")])
    assert count(url, "problem") == 2
    assert count(url, "verifier") == 2


def test_a_step_that_fails_leaves_nothing_behind(store: Store, url: str) -> None:
    run = begin(store)
    broken = replace(rollout(problem(8), 0), reward="none")  # type: ignore[arg-type]  # what a bug might do
    with pytest.raises(StoreError):
        keep(store, run, 1, [*group(5), replace(broken, index="x")])  # type: ignore[arg-type]  # as above
    assert [count(url, table) for table in ("step", "rollout", "verdict", "problem")] == [0, 0, 0, 0]
    keep(store, run, 1, group(5))
    assert store.counts(run).rollouts == 4


def test_what_a_model_writes_is_kept_whatever_it_is(store: Store) -> None:
    run = begin(store)
    odd = rollout(problem(1), 0)
    odd = replace(
        odd,
        completion=replace(odd.completion, text="NUL \0 surrogate \ud800 fine \U0001f600"),
        verdict=replace(odd.verdict, extracted="\0\udfff", detail={"said": "\0\ud800", "score": math.inf}),
    )
    keep(store, run, 1, [odd])
    sample = store.get_sample(1)
    assert sample.line.text == "NUL \ufffd surrogate ? fine \U0001f600"
    assert sample.verdicts[0].extracted == "\ufffd?"
    assert sample.verdicts[0].detail == {"said": "\0\ud800", "score": None}


def test_a_metric_that_is_not_finite_is_null_and_not_a_wrong_number(store: Store) -> None:
    run = begin(store)
    store.keep_step(
        run_id=run, step=1, metrics={"loss": math.nan, "kl": 0.1}, timings={}, kept=[], dropped=[]
    )
    assert store.steps(run)[0].metrics == {"loss": None, "kl": 0.1}


def test_steps_can_be_read_from_where_one_left_off(store: Store) -> None:
    run = begin(store)
    for step in (1, 2, 3):
        keep(store, run, step, [])
    assert [step.step for step in store.steps(run, after=1)] == [2, 3]


def test_events_come_back_in_order_and_once(store: Store) -> None:
    run = begin(store)
    store.keep_event(run, 2, "reset", {"reason": "kl", "optimizer": True})
    store.keep_event(run, 1, "checkpoint", {"model": "step-1"})
    store.keep_event(run, 2, "reset", {"reason": "kl", "optimizer": True})
    store.keep_event(run, 2, "alert", {})
    assert [(event.step, event.kind) for event in store.events(run)] == [
        (1, "checkpoint"),
        (2, "reset"),
        (2, "alert"),
    ]
    assert store.events(run)[1].detail == {"reason": "kl", "optimizer": True}


def test_a_rewound_run_has_exactly_what_it_had_then(store: Store, url: str) -> None:
    run, other = begin(store), begin(store, "other")
    keep(store, other, 9, group(1))
    keep(store, run, 1, group(1), group(2))
    store.keep_event(run, 1, "checkpoint", {})
    measured(store, run, 1)
    then = (store.steps(run), store.events(run), store.counts(run), store.evaluations(run), tables(url))
    keep(store, run, 2, group(1), group(2))
    store.keep_event(run, 2, "reset", {})
    measured(store, run, 2)
    store.rewind_run(run, 1)
    now = (store.steps(run), store.events(run), store.counts(run), store.evaluations(run), tables(url))
    assert now == then
    keep(store, run, 2, group(1), group(2))
    assert store.counts(run).rollouts == 16


def measured(store: Store, run: str, step: int) -> None:
    state = store.begin_evaluation(
        model=f"{run}@{step}", run_id=run, step=step, benchmark=BENCHMARK, version="v", sampling=SAMPLING
    )
    store.keep_evaluation_rollouts(state.id, group(1))


def tables(url: str) -> dict[str, int]:
    return {table: count(url, table) for table in ("step", "event", "evaluation", "rollout", "verdict")}


def count(url: str, table: str) -> int:
    """Rows counted by plain SQL, past the store."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        found = connection.execute(select(func.count()).select_from(table_called(table))).scalar_one()
    engine.dispose()
    return int(found)
