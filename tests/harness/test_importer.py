"""Imports: every row becomes a question, a duplicate, another's or quarantined, whatever happens."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from db.records import DatasetRecord, Quarantined, Question
from db.store import open_store
from evals.errors import EvalError
from harness.commands.importing import import_dataset
from harness.commands.sources import list_data, show_dataset
from harness.errors import ConfigError, HarnessError
from harness.home import exclusive
from rewards.errors import GradingError
from tests.importing import request
from tests.published_rows import BROKEN, OTHERS, SOUND, write_json_lines, write_parquet

ROOT = Path(__file__).resolve().parents[2]


def sums(count: int, *, first: int = 0) -> list[dict[str, Any]]:
    return [
        {"question": f"What is {number} + 1?", "answer": str(number + 1)}
        for number in range(first, first + count)
    ]


def kept(home: Path, name: str = "sums") -> tuple[DatasetRecord, list[Question], list[Quarantined]]:
    with open_store(f"sqlite:///{home / 'harness.db'}") as store:
        record = store.dataset(name)
        questions = [question for _, question in store.each_question(record.id)]
        return record, questions, store.quarantined(record.id, limit=10_000)


def child(home: Path, file: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.importing", str(home), str(file)],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def broken_rows(name: str) -> list[Any]:
    return [row for row, _ in BROKEN[name]]


@pytest.mark.parametrize("name", sorted(set(SOUND) - {"reasoning-gym"}))
def test_every_row_of_a_mixed_file_has_its_place(name: str, tmp_path: Path) -> None:
    others = OTHERS.get(name, [])
    mixed = [*SOUND[name][:1], *broken_rows(name), *others, *SOUND[name], *SOUND[name][:1]]
    file = write_json_lines(tmp_path / "rows.jsonl", mixed)
    assert import_dataset(replace(request(file), name=name, sandbox="auto"), tmp_path) == 0
    record, questions, quarantined = kept(tmp_path, name)
    assert record.finished
    assert (len(questions), record.taken, record.duplicates) == (len(SOUND[name]), len(SOUND[name]), 2)
    assert len(quarantined) == record.quarantined == len(BROKEN[name])
    assert record.others == len(others)
    assert all(row.place.startswith("rows.jsonl:") and row.reason for row in quarantined)


@pytest.mark.parametrize("name", ["deepscaler", "eurus-2-code", "llama-nemotron-instruction"])
def test_parquet_gives_the_same_questions_as_json_lines(name: str, tmp_path: Path) -> None:
    rows = SOUND[name] + OTHERS.get(name, [])
    found = []
    for file in (write_json_lines(tmp_path / "a.jsonl", rows), write_parquet(tmp_path / "a.parquet", rows)):
        import_dataset(replace(request(file), name=name, sandbox="auto"), tmp_path)
        record, questions, quarantined = kept(tmp_path, name)
        assert (record.finished, record.others, quarantined) == (True, len(OTHERS.get(name, [])), [])
        found.append([each.content for each in questions])
    assert found[0] == found[1]
    assert len(found[0]) == len(SOUND[name])


def test_a_killed_import_goes_on_and_does_nothing_twice(tmp_path: Path) -> None:
    rows = [*sums(300), {"question": "", "answer": "1"}, *sums(10), *sums(200, first=300)]
    home = tmp_path / "home"
    for at in (100, 333, 510):
        deadly = [row | {"kill": True} if place == at else row for place, row in enumerate(rows)]
        assert child(home, write_json_lines(tmp_path / "rows.jsonl", deadly), MAY_KILL="1").returncode == -9
    with open_store(f"sqlite:///{home / 'harness.db'}") as store:
        assert [each.position for each in store.datasets()] == [448, 320, 64], "three files, three revisions"
    assert child(home, tmp_path / "rows.jsonl").returncode == 0
    record, questions, quarantined = kept(home)
    assert record.finished
    assert [each.question for each in questions] == [row["question"] for row in sums(500)]
    assert [row.place for row in quarantined] == ["rows.jsonl:301"]
    assert (record.taken, record.duplicates, record.quarantined) == (500, 10, 1)


def test_a_grader_that_is_away_stops_the_import_and_loses_nothing(tmp_path: Path) -> None:
    rows = [
        *sums(100),
        {"question": "Who?", "answer": "1", "fail": "no engine reads this"},
        *sums(5, first=100),
    ]
    file = write_json_lines(tmp_path / "rows.jsonl", rows)
    with pytest.raises(GradingError, match=r"does not judge what it must accept .*the grader is away"):
        import_dataset(request(file, name="tests.importing:SickSums"), tmp_path)
    record, questions, quarantined = kept(tmp_path)
    assert (record.position, len(questions), quarantined) == (64, 64, [])
    assert import_dataset(request(file), tmp_path) == 0, "the grader is well again"
    record, questions, quarantined = kept(tmp_path)
    assert (record.finished, len(questions)) == (True, 105)
    assert [row.reason for row in quarantined] == ["cannot be judged: infra_error, no engine reads this"]


def test_a_limit_is_of_questions_in_all_and_may_be_raised(tmp_path: Path) -> None:
    file = write_json_lines(tmp_path / "rows.jsonl", [*sums(3), {"question": "", "answer": ""}, *sums(200)])
    for limit in (2, 2, 150):
        import_dataset(request(file, limit=limit), tmp_path)
        record, questions, _ = kept(tmp_path)
        assert (len(questions), record.finished) == (limit, False)
    import_dataset(request(file), tmp_path)
    record, questions, _ = kept(tmp_path)
    assert (len(questions), record.finished, record.duplicates) == (200, True, 3)


def test_a_wrong_answer_of_its_own_and_paid_junk_are_quarantined(tmp_path: Path) -> None:
    rows = [
        {"question": "a", "answer": "1", "gold": "2"},
        {"question": "b", "answer": "nothing"},
    ]
    assert import_dataset(request(write_json_lines(tmp_path / "rows.jsonl", rows)), tmp_path) == 1
    assert [row.reason for row in kept(tmp_path)[2]] == [
        "its own answer earns 0, not 1: incorrect",
        "nothing earns 1, not 0: correct",
    ]


def test_fresh_begins_anew_and_other_files_are_another_revision(tmp_path: Path) -> None:
    file = write_json_lines(tmp_path / "rows.jsonl", sums(5))
    import_dataset(request(file), tmp_path)
    import_dataset(request(file, fresh=True), tmp_path)
    assert kept(tmp_path)[0].taken == 5
    import_dataset(request(write_json_lines(file, sums(7))), tmp_path)
    assert len(kept(tmp_path)[1]) == 7, "the revision that was imported last"
    with open_store(f"sqlite:///{tmp_path / 'harness.db'}") as store:
        assert [each.taken for each in store.datasets()] == [7, 5]


def test_what_repeats_a_benchmark_is_flagged_also_when_the_benchmark_comes_later(tmp_path: Path) -> None:
    asked = "A farmer has 17 sheep and all but 9 of them run away; how many are left?"
    file = write_json_lines(tmp_path / "rows.jsonl", [{"question": asked, "answer": "9"}, *sums(3)])
    bench = write_json_lines(tmp_path / "bench.jsonl", [{"problem": f"Think. {asked}"}])
    import_dataset(request(file), tmp_path)
    assert [each.overlap for each in kept(tmp_path)[1]] == ["", "", "", ""]
    against = replace(request(file), against=(str(bench),))
    import_dataset(against, tmp_path)
    overlaps = [each.overlap for each in kept(tmp_path)[1]]
    assert overlaps[0].startswith("bench.jsonl: a farmer has 17 sheep")
    assert overlaps[1:] == ["", "", ""]
    import_dataset(request(file), tmp_path)
    assert [each.overlap for each in kept(tmp_path)[1]] == overlaps, (
        "a flag stays, whatever is compared later"
    )
    write_json_lines(bench, [{"title": "no question"}])
    with pytest.raises(EvalError, match=r"bench\.jsonl:1: the row has no text in problem, question"):
        import_dataset(against, tmp_path)


def test_two_imports_of_one_data_set_do_not_run_at_once(tmp_path: Path) -> None:
    file = write_json_lines(tmp_path / "rows.jsonl", sums(1))
    with (
        exclusive(tmp_path / "imports" / "sums", "the import"),
        pytest.raises(HarnessError, match="the import of sums is in use"),
    ):
        import_dataset(request(file), tmp_path)


@pytest.mark.parametrize(
    ("name", "origin", "error", "said"),
    [
        ("reasoning-gym", "rows.jsonl", ConfigError, "made here and read from nowhere"),
        ("code-rows", "hub", EvalError, "is read from a file of yours: name it with --from FILE"),
        ("deepscaler", "nowhere", EvalError, "no folder or file nowhere"),
        ("deepscaler", ".", EvalError, r"has no deepscaler\.json, of which data set 'deepscaler' is made"),
    ],
)
def test_a_request_that_cannot_be_met_says_what_to_do(
    name: str, origin: str, error: type[Exception], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wanted = replace(request(Path(origin)), name=name)
    with pytest.raises(error, match=said):
        import_dataset(wanted, tmp_path)


def test_a_mirror_is_found_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "deepscaler.json").write_text(json.dumps(SOUND["deepscaler"]))
    monkeypatch.setenv("HARNESS_DATA", str(tmp_path))
    wanted = replace(request(Path("mirror")), name="deepscaler")
    assert import_dataset(wanted, tmp_path / "home") == 0
    assert len(kept(tmp_path / "home", "deepscaler")[1]) == 3


def test_puzzles_are_made_and_an_import_of_them_goes_on(tmp_path: Path) -> None:
    for limit in (5, 20):
        wanted = replace(request(Path("hub"), limit=limit), name="reasoning-gym")
        assert import_dataset(wanted, tmp_path) == 0
    record, questions, quarantined = kept(tmp_path, "reasoning-gym")
    assert (len({each.content for each in questions}), quarantined, record.position) == (20, [], 20)
    assert {each.level.split()[0] for each in questions} == {"ab"}


def test_list_and_show_say_what_is_imported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write_json_lines(
        tmp_path / "rows.jsonl", SOUND["deepscaler"] + [row for row, _ in BROKEN["deepscaler"]]
    )
    wanted = replace(request(file), name="deepscaler")
    import_dataset(wanted, tmp_path)
    capsys.readouterr()
    list_data(tmp_path, as_json=True)
    (imported,) = json.loads(capsys.readouterr().out)["imported"]
    assert (imported["name"], imported["questions"], imported["quarantined"]) == ("deepscaler", 3, 10)
    show_dataset("deepscaler", tmp_path, limit=50, as_json=True)
    shown = json.loads(capsys.readouterr().out)
    assert shown["card"]["columns"]["answer"] == "text"
    assert shown["reasons"]["column 'answer' is empty"] == 1
    assert shown["quarantined"][-1]["reason"].startswith("cannot be judged")
    show_dataset("deepscaler", tmp_path, limit=50, as_json=False)
    assert "column 'answer' is text, not int" in " ".join(capsys.readouterr().out.split())


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_memory_does_not_grow_with_a_data_set(tmp_path: Path) -> None:
    held = {}
    for count in (5_000, 100_000):
        with (tmp_path / f"{count}.jsonl").open("w") as stream:
            stream.writelines(json.dumps(row) + "\n" for row in sums(count))
        done = child(tmp_path / str(count), tmp_path / f"{count}.jsonl")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout.splitlines()[-2])["questions"] == count
        held[count] = int(done.stdout.splitlines()[-1])
    assert held[100_000] - held[5_000] < 20 * 1024, held
