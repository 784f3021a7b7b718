"""Data sources: the same problems for everyone, and bad data named by its place."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from evals.errors import EvalError
from evals.row import parse_line
from evals.source import open_source
from evals.sources.jsonl import JsonLinesSource
from evals.sources.reasoning_gym import ReasoningGymMixSource, ReasoningGymSource, level_of
from evals.sources.starter import StarterSource

ROW = {"domain": "math", "prompt": "1+1?", "verifier": "math", "reference": {"answer": "2"}}


def test_a_question_is_shown_verbatim_and_its_entry_is_the_reference() -> None:
    source = ReasoningGymSource("spell_backward", {"min_word_len": 3, "max_word_len": 5})
    problem = source.problems(count=1, seed=3)[0]
    entry = problem.reference["entry"]
    assert problem.prompt == entry["question"]
    assert entry["answer"] == entry["metadata"]["word"][::-1]
    assert (problem.reference["dataset"], problem.source) == (
        "spell_backward",
        "reasoning_gym:spell_backward",
    )
    assert problem.level == "word_len 3-5"
    assert json.loads(json.dumps(problem.reference)) == problem.reference


def test_a_suffix_and_a_level_can_be_given() -> None:
    problem = ReasoningGymSource("chain_sum", {}, level="easy", suffix="\nThink.").problems(count=1, seed=0)[
        0
    ]
    assert problem.prompt == problem.reference["entry"]["question"] + "\nThink."
    assert problem.level == "easy"


def test_questions_are_asked_once_and_a_small_task_gives_what_it_has() -> None:
    one_digit = {"min_digits": 1, "max_digits": 1}
    problems = ReasoningGymSource("products", one_digit).problems(count=500, seed=0)
    assert len({problem.prompt for problem in problems}) == len(problems) == 100


def test_neighbouring_seeds_share_no_stream() -> None:
    source = ReasoningGymSource("chain_sum")
    one, two = (source.problems(count=50, seed=seed) for seed in (1, 2))
    assert not {problem.prompt for problem in one} & {problem.prompt for problem in two}


def test_a_larger_count_adds_to_a_smaller_one() -> None:
    source = ReasoningGymSource("chain_sum")
    assert source.problems(count=30, seed=1)[:10] == source.problems(count=10, seed=1)


def test_another_process_makes_the_same_problems() -> None:
    """Whatever its hash seed and whatever has drawn from the global generators there."""
    tasks = ["ransom_note", "list_functions", "time_intervals", "knights_knaves"]
    code = (
        "import random; random.seed(99)\n"
        "from evals.sources.reasoning_gym import ReasoningGymSource as S\n"
        f"print([[p.id for p in S(task).problems(count=20, seed=1)] for task in {tasks}])"
    )
    there = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "123", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=True,
    )
    here = [[problem.id for problem in ReasoningGymSource(task).problems(count=20, seed=1)] for task in tasks]
    assert there.stdout.strip() == str(here)


@pytest.mark.parametrize(
    ("task", "config", "words"),
    [
        ("spell_backwards", {}, "no dataset 'spell_backwards'; did you mean 'spell_backward'"),
        ("chain_sum", {"max_term": 3}, "no knob 'max_term'; did you mean 'max_terms'"),
        ("chain_sum", {"seed": 3}, "no knob 'seed'"),
        ("chain_sum", {"max_terms": -2}, "does not take .*max_terms must be >= min_terms"),
        ("codeio", {}, "not to be had here: it runs programs"),
        ("composite", {}, "not to be had here: name its parts"),
    ],
)
def test_what_reasoning_gym_has_not_is_named(task: str, config: dict[str, int], words: str) -> None:
    with pytest.raises(EvalError, match=words):
        ReasoningGymSource(task, config)


def test_levels_name_their_ranges() -> None:
    assert level_of({"min_terms": 2, "max_terms": 2, "max_digits": 1}) == "max_digits 1, terms 2"
    assert level_of({}) == ""


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz"])
def test_a_file_of_rows_is_read(tmp_path: Path, name: str) -> None:
    lines = "\n".join(json.dumps({**ROW, "prompt": f"{n}+1?", "id": n}) for n in range(5)) + "\n\n"
    path = tmp_path / name
    path.write_bytes(gzip.compress(lines.encode()) if name.endswith("gz") else lines.encode())
    problems = JsonLinesSource(str(path)).problems(count=3, seed=0)
    assert len(problems) == 3
    assert {problem.source for problem in problems} == {"jsonl:rows"}
    assert problems == JsonLinesSource(str(path)).problems(count=5, seed=0)[:3]


def test_a_file_that_is_not_here_is_looked_for_among_the_data_sets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mirrored.jsonl").write_text(json.dumps(ROW))
    monkeypatch.setenv("HARNESS_DATA", str(tmp_path))
    assert len(JsonLinesSource("mirrored.jsonl").problems(count=1, seed=0)) == 1


def test_a_bad_row_stops_no_other_and_is_named_by_file_and_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(f"{json.dumps(ROW)}\n{{broken\n[]\n{json.dumps({**ROW, 'prompt': 'other'})}\n")
    source = JsonLinesSource(str(path))
    assert len(source.problems(count=9, seed=0)) == 2
    assert [line.split(": ")[0] for line in source.skipped] == [f"{path}:2", f"{path}:3"]
    assert "2 of 4 rows left out" in caplog.text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"prompt": None}, "'prompt' is text, not NoneType"),
        ({"prompt": " "}, "'prompt' is empty"),
        ({"reference": "2"}, "'reference' is an object, not str"),
        ({"domain": "maths"}, "no domain 'maths': have math, code, stem, logic, instruction"),
        ({"level": 3}, "'level' is text, not int"),
    ],
)
def test_a_bad_row_says_what_is_wrong_with_it(change: dict[str, object], words: str) -> None:
    with pytest.raises(EvalError, match=words):
        parse_line(json.dumps({**ROW, **change}), source="s")


def test_a_row_that_lacks_something_says_what() -> None:
    with pytest.raises(EvalError, match="no 'domain', 'reference', 'verifier'"):
        parse_line('{"prompt": "x"}', source="s")
    with pytest.raises(EvalError, match="not JSON"):
        parse_line("[" * 100_000, source="s")


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (None, "no.jsonl", "no data file at"),
        (b"", "empty.jsonl", "has no problem: it is empty"),
        (b"{}\n", "bad.jsonl", "has no problem: .*bad.jsonl:1: the row has no"),
        (b"\xff\xfe", "latin.jsonl", "cannot be read"),
        (b"not gzip", "rows.jsonl.gz", "cannot be read"),
        (gzip.compress(b"{}", mtime=0)[:-4], "cut.jsonl.gz", "cannot be read"),
    ],
)
def test_a_file_without_problems_is_an_error(
    tmp_path: Path, content: bytes | None, name: str, words: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(EvalError, match=words):
        JsonLinesSource(str(tmp_path / name)).problems(count=1, seed=0)


def test_sources_that_are_not_there_are_named() -> None:
    with pytest.raises(
        EvalError, match="no data source 'hub': have jsonl, reasoning_gym, reasoning_gym_mix, starter"
    ):
        open_source("hub", {})
    with pytest.raises(EvalError, match=r"data source 'jsonl'.*colour"):
        open_source("jsonl", {"colour": "red"})
    with pytest.raises(EvalError, match=r"no starter set of 'logic': .* use the source 'reasoning_gym'"):
        StarterSource("logic")


def test_a_mix_of_puzzles_gives_its_tasks_in_turns_and_leaves_out_what_is_held_out() -> None:
    mix = ReasoningGymMixSource(tasks=["chain_sum", "spell_backward", "acre"], without=["acre"])
    problems = mix.problems(count=5, seed=3)
    assert [problem.reference["dataset"] for problem in problems] == [
        *("chain_sum", "spell_backward") * 2,
        "chain_sum",
    ]
    alone = ReasoningGymSource("chain_sum").problems(count=3, seed=3)
    assert problems[::2] == alone
    assert "composite" not in ReasoningGymMixSource().tasks
    with pytest.raises(EvalError, match="no dataset 'acer'; did you mean 'acre'"):
        ReasoningGymMixSource(without=["acer"])
    with pytest.raises(EvalError, match="at least one task"):
        ReasoningGymMixSource(tasks=["acre"], without=["acre"])
