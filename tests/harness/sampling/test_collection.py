import itertools
import json
import random
import time
from collections import Counter
from collections.abc import Sequence

from scipy.stats import chisquare

from harness.collected import Collection
from harness.engines.huggingface import HuggingFaceEngine
from harness.engines.scripted import ScriptedEngine
from harness.sampling.carried import group_of, group_state
from harness.stopwatch import Stopwatch
from rewards.grader import LocalGrader
from rewards.submission import Submission
from rewards.verdict import Outcome, Verdict, share_verdict
from tests.harness.sampling.runs import RATES, collector, problems, recipe, right_at_its_rate
from tests.harness.tiny_models import tiny_policy


class Unhurried:
    """Judges a text by its letters, and takes as long as it likes."""

    def __init__(self, seed: int, most_seconds: float) -> None:
        self._chance = random.Random(seed)
        self._most_seconds = most_seconds

    def grade(self, submissions: Sequence[Submission]) -> list[Verdict]:
        time.sleep(self._chance.random() * self._most_seconds)
        return [share_verdict(float(sum(map(ord, each.response)) % 7 == 0)) for each in submissions]

    def close(self) -> None:
        pass


def collected(count: int, rates: Sequence[float] = RATES, **changes: object) -> list[Collection]:
    with LocalGrader(sandbox="scripted") as grader:
        made = collector(rates, recipe(steps=1000, **changes), grader)
        return [made.collect(step, Stopwatch()) for step in range(1, count + 1)]


def test_whoever_is_graded_first_the_same_is_drawn_to_the_last_bit() -> None:
    """Batches of a real model: their rows, and so the roundings, are the same too."""
    seen = []
    for seed, seconds in ((0, 0.0), (1, 0.02), (2, 0.05)):
        engine = HuggingFaceEngine(tiny_policy(), batch_rows=16)
        config = recipe(rollout={"n": 4, "prompts": 3, "max_tokens": 24, "temperature": 1.2})
        made = collector([0.5] * 9, config, Unhurried(seed, seconds))
        made._engine = engine
        seen.append([made.collect(step, Stopwatch()) for step in (1, 2, 3)])
    assert seen[0] == seen[1] == seen[2]
    assert any(step.carried for step in seen[0])


def test_groups_beyond_the_batch_are_carried_with_their_version_and_used_first() -> None:
    steps = collected(30)
    assert any(step.carried for step in steps)
    for number, (before, after) in enumerate(itertools.pairwise(steps), 2):
        assert after.kept[: len(before.carried)] == before.carried[:3]
        assert all(group.version == number - 2 for group in before.carried)
        assert all(group.version == number - 1 for group in after.fresh)
        assert all(group.has_signal for group in after.kept + after.carried)


def test_every_group_drawn_is_kept_dropped_or_still_carried() -> None:
    steps = collected(30)
    drawn = [id(group) for step in steps for group in step.fresh]
    ended = [id(group) for step in steps for group in step.kept + step.dropped]
    ended += [id(group) for group in steps[-1].carried]
    assert sorted(drawn) == sorted(ended)
    used = sum(len(step.kept) for step in steps) + len(steps[-1].carried)
    assert sum(step.useful - step.expired for step in steps) == used
    assert steps[0].metrics()["useful_share"] == steps[0].useful / len(steps[0].fresh)


def test_what_is_carried_in_vain_is_dropped_and_taken_off() -> None:
    """A pool that never gave a signal and now always does: more comes than two steps can take."""
    with LocalGrader(sandbox="scripted") as grader:
        made = collector(
            [0.5] * 4, recipe(steps=1000, rollout={"n": 16, "prompts": 2, "max_tokens": 32}), grader
        )
        made._outlook._signals, made._outlook._groups = 1.0, 20.0
        first, second = (made.collect(step, Stopwatch()) for step in (1, 2))
    assert len(first.carried) > 2
    assert second.kept == first.carried[:2]
    assert second.dropped == first.carried[2:]
    assert second.fresh == ()
    assert second.expired == len(first.carried) - 2
    assert second.metrics()["reward_mean"] > 0


def test_nothing_is_carried_where_the_recipe_says_so_or_the_run_ends() -> None:
    assert not any(step.carried for step in collected(20, dynamic_sampling={"max_age": 0}))
    with LocalGrader(sandbox="scripted") as grader:
        made = collector(RATES, recipe(steps=20), grader)
        assert not [made.collect(step, Stopwatch()) for step in range(1, 21)][-1].carried


def test_a_pool_that_runs_dry_makes_a_smaller_batch_and_says_so() -> None:
    (step,) = collected(1, [0.0, 1.0, 0.0])
    assert step.kept == ()
    assert step.missing == 3
    assert step.shortage() == {"wanted": 3, "kept": 0, "drawn": 12}
    assert step.metrics()["groups_missing"] == 3


def test_without_dynamic_sampling_every_judged_group_is_kept() -> None:
    for step in collected(5, dynamic_sampling={"enabled": False}):
        assert step.kept == step.fresh
        assert len(step.kept) == 3
        assert step.missing == 0


def test_a_state_restored_goes_on_exactly() -> None:
    config = recipe(steps=1000)
    with LocalGrader(sandbox="scripted") as grader:
        made = collector(RATES, config, grader)
        for step in range(1, 15):
            made.collect(step, Stopwatch())
        state, cursor = json.loads(json.dumps(made.state())), made._mix.state()
        assert state["carried"]
        other = collector(RATES, config, grader)
        other.restore(state)
        other._mix.restore(cursor)
        expected = [made.collect(step, Stopwatch()) for step in range(15, 25)]
        assert [other.collect(step, Stopwatch()) for step in range(15, 25)] == expected


def test_a_group_comes_back_from_its_state_as_it_was() -> None:
    for step in collected(5):
        for group in step.fresh:
            assert group_of(json.loads(json.dumps(group_state(group)))) == group


def test_time_is_split_and_verdicts_are_timed() -> None:
    watch = Stopwatch()
    with LocalGrader(sandbox="scripted") as grader:
        step = collector(RATES, recipe(), grader).collect(1, watch)
    assert {"rollout", "reward", "reward_wait"} == set(watch.seconds)
    assert all(seconds >= 0 for seconds in watch.seconds.values())
    timed = step.verdict_seconds()
    assert list(timed) == ["verdict/scripted/p50", "verdict/scripted/p95", "verdict/scripted/p99"]
    assert 0 < timed["verdict/scripted/p50"] <= timed["verdict/scripted/p99"]


def test_streaming_and_carrying_change_not_which_prompts_are_trained() -> None:
    """Chi-square against what each prompt's pass rate says, with resting off, so that counts are plain."""
    rates = [0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.97]
    steps = collected(500, rates, dynamic_sampling={"recheck": 1.0})
    trained = Counter(group.problem.prompt for step in steps for group in step.kept)
    due = [1 - rate**4 - (1 - rate) ** 4 for rate in rates]
    counts = [trained[each.prompt] for each in problems(rates)]
    expected = [sum(counts) * each / sum(due) for each in due]
    assert sum(counts) > 1490
    assert chisquare(counts, expected).pvalue > 0.01


def test_more_prompts_start_while_others_are_drawn() -> None:
    """New prompts are let in as soon as there is room, and not once all are drawn."""
    engine = ScriptedEngine(script=right_at_its_rate, batch_rows=8)
    rows: list[int] = []
    pulled = engine.stream

    with LocalGrader(sandbox="scripted") as grader:
        made = collector([0.5] * 20, recipe(rollout={"n": 4, "prompts": 6, "max_tokens": 32}), grader, engine)

        def stream(pull, sampling):  # type: ignore[no-untyped-def]
            def counted(free: int):  # type: ignore[no-untyped-def]
                rows.append(free)
                return pull(free)

            return pulled(counted, sampling)

        engine.stream = stream  # type: ignore[method-assign]
        made.collect(1, Stopwatch())
    assert rows[0] == 8
    assert any(0 < free < 8 for free in rows)


class AwayLater:
    """Judges until it is told to fail."""

    def __init__(self) -> None:
        self._judge = LocalGrader(sandbox="scripted")
        self.failing = False

    def grade(self, submissions: Sequence[Submission]) -> list[Verdict]:
        if self.failing:
            return [Verdict(status=Outcome.INFRA_ERROR, reward=None, detail="away")] * len(submissions)
        return self._judge.grade(submissions)

    def close(self) -> None:
        self._judge.close()


def test_a_step_of_which_nothing_is_judged_goes_on_with_what_was_carried() -> None:
    grader = AwayLater()
    made = collector([0.5] * 9, recipe(), grader)
    before = (made.collect(step, Stopwatch()) for step in range(1, 11))
    step, carried = next(
        (step, each.carried) for step, each in enumerate(before, 1) if 0 < len(each.carried) < 3
    )
    grader.failing = True
    collection = made.collect(step + 1, Stopwatch())
    grader.close()

    assert collection.kept == carried
    assert not any(group.judged for group in collection.fresh)
    metrics = collection.metrics()
    rewards = [reward for group in carried for reward in group.rewards]
    assert metrics["reward_mean"] == sum(rewards) / len(rewards)
    assert metrics["groups_missing"] == 3 - len(carried)
