"""The runner: every sample judged once, whatever the chunks, and kept before it counts."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from evals import runner
from evals.benchmark import Benchmark, content_version
from evals.errors import EvalError
from evals.report import Report
from evals.rollout import Rollout
from evals.runner import evaluate
from evals.sampler import Completion, Sampler, Sampling
from evals.scripted import ScriptedSampler
from rewards.submission import Submission
from rewards.verdict import Outcome, Verdict, share_verdict


class EchoGrader:
    """Says of each response what the response asks for: a reward, or that we failed."""

    def grade(self, submissions: Sequence[Submission]) -> list[Verdict]:
        return [self._verdict(submission.response) for submission in submissions]

    def close(self) -> None:
        pass

    @staticmethod
    def _verdict(response: str) -> Verdict:
        if response == "broken":
            return Verdict(status=Outcome.INFRA_ERROR, reward=None, verifier="echo", version="1")
        return share_verdict(float(response), verifier="echo", version="1")


class MuteGrader(EchoGrader):
    def grade(self, submissions: Sequence[Submission]) -> list[Verdict]:
        return []


class ShortSampler(ScriptedSampler):
    def sample(self, prompts: Sequence[str], sampling: Sampling) -> list[list[Completion]]:
        return super().sample(prompts, replace(sampling, n=sampling.n - 1))


def lucky(prompt: str, luck: float) -> str:
    """Right in a share of the samples that grows with the prompt's number."""
    return "1" if luck < int(prompt.rsplit(maxsplit=1)[-1]) / 10 else "0"


@pytest.fixture
def benchmark(tmp_path: Path) -> Benchmark:
    row = {"domain": "code", "verifier": "code"}
    rows = [
        json.dumps({**row, "prompt": f"problem {at}", "reference": {"n": at}, "level": f"l{at % 2}"})
        for at in range(10)
    ]
    path = tmp_path / "ten.jsonl"
    path.write_text("\n".join(rows))
    return Benchmark(name="ten", source="jsonl", options={"path": str(path)}, count=10, seed=0)


def measure(
    benchmark: Benchmark, kept: list[Rollout], *, sampler: Sampler | None = None, n: int = 20, **rest: object
) -> Report:
    return evaluate(
        benchmark,
        sampler=sampler or ScriptedSampler(lucky),
        grader=EchoGrader(),
        sampling=Sampling(n=n, seed=5),
        model="scripted",
        keep=kept.extend,
        **rest,  # type: ignore[arg-type]  # `done` and `on_progress` as each test needs them
    )


def test_every_sample_is_kept_once_and_counted(benchmark: Benchmark) -> None:
    kept: list[Rollout] = []
    report = measure(benchmark, kept)
    assert len({(rollout.problem.id, rollout.index) for rollout in kept}) == len(kept) == 200
    assert [tally.problem_id for tally in report.tallies] == [p.id for p in benchmark.problems()]
    assert report.version == content_version(benchmark.problems())
    assert report.verifier == "echo@1"
    assert report.valid_share == 1.0
    for tally in report.tallies:
        own = [rollout for rollout in kept if rollout.problem.id == tally.problem_id]
        assert tally.correct == sum(rollout.completion.text == "1" for rollout in own)
        assert tally.level == own[0].problem.level


def test_chunks_do_not_change_the_result(benchmark: Benchmark, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = measure(benchmark, [])
    monkeypatch.setattr(runner, "CHUNK_COMPLETIONS", 1)
    sizes: list[int] = []
    alone = evaluate(
        benchmark,
        sampler=ScriptedSampler(lucky),
        grader=EchoGrader(),
        sampling=Sampling(n=20, seed=5),
        model="scripted",
        keep=lambda rollouts: sizes.append(len(rollouts)),
    )
    assert alone == whole
    assert sizes == [20] * 10


def test_what_was_done_before_is_not_sampled_again_and_changes_nothing(benchmark: Benchmark) -> None:
    whole = measure(benchmark, [])
    sampler, kept, progress = ScriptedSampler(lucky), list[Rollout](), list[int]()
    resumed = measure(
        benchmark, kept, sampler=sampler, done=iter(whole.tallies[:7]), on_progress=progress.append
    )
    assert resumed == whole
    assert len(sampler.prompts) == 3
    assert len(kept) == 60
    assert progress == [140, 200]


def test_tallies_of_another_number_of_samples_are_not_taken(benchmark: Benchmark) -> None:
    few = measure(benchmark, [], n=4)
    sampler = ScriptedSampler(lucky)
    assert measure(benchmark, [], sampler=sampler, done=few.tallies) == measure(benchmark, [])
    assert len(sampler.prompts) == 10


def test_another_seed_draws_other_samples(benchmark: Benchmark) -> None:
    def texts(seed: int) -> list[str]:
        kept: list[Rollout] = []
        evaluate(
            benchmark,
            sampler=ScriptedSampler(lucky),
            grader=EchoGrader(),
            sampling=Sampling(n=20, seed=seed),
            model="scripted",
            keep=kept.extend,
        )
        return [rollout.completion.text for rollout in kept]

    assert texts(1) == texts(1) != texts(2)


def test_our_failures_are_missing_and_not_wrong(benchmark: Benchmark) -> None:
    kept: list[Rollout] = []
    sampler = ScriptedSampler(lambda prompt, luck: "broken" if luck < 0.5 else "1")
    report = measure(benchmark, kept, sampler=sampler)
    assert 0 < report.valid_share < 1
    assert all(tally.correct == tally.valid < tally.requested for tally in report.tallies)
    assert {rollout.reward for rollout in kept} == {None, 1.0}


def test_shares_are_summed_and_only_whole_ones_are_correct(benchmark: Benchmark) -> None:
    report = measure(benchmark, [], sampler=ScriptedSampler(lambda prompt, luck: "0.5"))
    assert {(tally.correct, tally.reward_sum) for tally in report.tallies} == {(0, 10.0)}


def test_nothing_counts_as_done_that_was_not_kept(benchmark: Benchmark) -> None:
    def full(rollouts: Sequence[Rollout]) -> None:
        raise OSError("no space left on device")

    progress: list[int] = []
    with pytest.raises(OSError, match="no space"):
        evaluate(
            benchmark,
            sampler=ScriptedSampler(lucky),
            grader=EchoGrader(),
            sampling=Sampling(n=2),
            model="scripted",
            keep=full,
            on_progress=progress.append,
        )
    assert progress == [0]


def test_greedy_copies_are_refused(benchmark: Benchmark) -> None:
    with pytest.raises(EvalError, match="use n=1 or temperature > 0"):
        evaluate(
            benchmark,
            sampler=ScriptedSampler(lucky),
            grader=EchoGrader(),
            sampling=Sampling(n=2, temperature=0.0),
            model="scripted",
            keep=list[Rollout]().extend,
        )


def test_broken_contracts_are_our_errors(benchmark: Benchmark) -> None:
    with pytest.raises(EvalError, match=r"the sampler gave \[19\] completions"):
        measure(benchmark, [], sampler=ShortSampler(lucky))
    with pytest.raises(EvalError, match="0 verdicts for 200"):
        evaluate(
            benchmark,
            sampler=ScriptedSampler(lucky),
            grader=MuteGrader(),
            sampling=Sampling(n=20),
            model="scripted",
            keep=list[Rollout]().extend,
        )


def test_a_benchmark_of_several_domains_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mixed.jsonl"
    path.write_text(
        '{"domain":"code","prompt":"a","verifier":"code","reference":{}}\n'
        '{"domain":"math","prompt":"b","verifier":"math","reference":{}}\n'
    )
    mixed = Benchmark(name="mixed", source="jsonl", options={"path": str(path)}, count=9, seed=0)
    with pytest.raises(EvalError, match="mixes domains"):
        measure(mixed, [])
