"""`harness verifiers ...` and `harness grade --record`, as they are typed."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from db.errors import UnknownRecord
from db.store import open_store
from harness.cli import app
from harness.errors import ConfigError
from harness.home import open_home
from rewards.errors import UnknownVerifier
from rewards.verifier import VERIFIERS
from tests.db.material import ask

SPLIT = {"gold": "0.5", "engines": {"own": True, "math-verify": False}}
AGREED = {"gold": "0.5", "engines": {"own": True, "math-verify": True}}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home that the commands find by its variable."""
    monkeypatch.setenv("HARNESS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("HARNESS_DATABASE_URL", raising=False)
    return tmp_path / "home"


def typed(*arguments: object) -> str:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def printed(*arguments: object) -> Any:
    return json.loads(typed("verifiers", *arguments, "--json"))


def row(response: str, reward: float, detail: Any) -> dict[str, Any]:
    return {
        "verifier": "scripted",
        "response": response,
        "reference": {"reward": reward, "detail": detail},
    }


def grade(folder: Path, rows: list[dict[str, Any]], *options: str) -> list[dict[str, Any]]:
    source, target = folder / "in.jsonl", folder / "out.jsonl"
    source.write_text("".join(json.dumps(each) + "\n" for each in rows))
    typed("grade", source, "-o", target, "--sandbox", "scripted", *options)
    return [json.loads(line) for line in target.read_text().splitlines()]


DISPUTED = [
    *(row(f"right-{number}", 1.0, SPLIT) for number in range(4)),
    *(row(f"refused-{number}", 0.0, SPLIT) for number in range(3)),
    row("agreed", 1.0, AGREED),
    row("right-0", 1.0, SPLIT),
    {"verifier": "scripted", "response": "bad row"},
]


def test_recorded_grading_fills_the_queue_and_says_whose_code_it_was(home: Path, tmp_path: Path) -> None:
    out = grade(tmp_path, DISPUTED, "--record")
    assert [each["status"] for each in out] == [
        *["correct"] * 4,
        *["incorrect"] * 3,
        *["correct"] * 2,
        "invalid_row",
    ]
    queue = printed("disagreements")["disagreements"]
    assert {each["answer"]: each["seen"] for each in queue} == {
        "right-0": 2,
        **{f"right-{number}": 1 for number in (1, 2, 3)},
        **{f"refused-{number}": 1 for number in (0, 1, 2)},
    }
    assert queue[0]["gold"] == "0.5"
    assert queue[0]["engines"] == SPLIT["engines"]
    assert queue[0]["verifier"] == {"name": "scripted", "version": "1"}
    assert [each["name"] for each in printed("list")] == ["scripted"]


def test_grading_that_is_not_recorded_touches_no_home(home: Path, tmp_path: Path) -> None:
    grade(tmp_path, DISPUTED)
    assert not home.exists()


def test_labels_say_how_often_the_verifier_is_wrong(home: Path, tmp_path: Path) -> None:
    grade(tmp_path, DISPUTED, "--record")
    ids = {each["answer"]: each["id"] for each in printed("disagreements")["disagreements"]}
    for answer, label in (
        ("right-0", "correct"),
        ("right-1", "correct"),
        ("right-2", "incorrect"),
        ("refused-0", "correct"),
    ):
        said = typed("verifiers", "disagreements", "--resolve", ids[answer], "--label", label)
        assert said == f"disagreement {ids[answer]} is settled: the answer is {label}\n"
    shown = printed("disagreements")
    labels = {each["answer"]: each["label"] for each in shown["disagreements"]}
    assert labels["right-2"] == "incorrect"
    assert labels["right-3"] is None
    errors = shown["errors"]["scripted@1"]
    assert (errors["false_positives"]["count"], errors["false_positives"]["total"]) == (1, 3)
    assert (errors["false_negatives"]["count"], errors["false_negatives"]["total"]) == (1, 1)
    assert errors["false_positives"]["low"] == pytest.approx(0.0615, abs=1e-4)  # Wilson's of 1 of 3
    assert errors["false_positives"]["high"] == pytest.approx(0.7923, abs=1e-4)
    text = typed("verifiers", "disagreements")
    assert "3 open, 4 labelled" in text
    assert "scripted@1: wrongly accepted 1 of 3 (95 %: 0.06 to 0.79), wrongly refused 1 of 1" in text
    assert "right-3" in text
    assert "right-2" not in text


def test_the_queue_of_one_verifier(home: Path, tmp_path: Path) -> None:
    grade(tmp_path, DISPUTED, "--record")
    assert len(printed("disagreements", "--verifier", "scripted")["disagreements"]) == 7
    assert printed("disagreements", "--verifier", "math") == {"disagreements": [], "errors": {}}


def test_what_a_model_wrote_cannot_act_on_the_terminal(home: Path, tmp_path: Path) -> None:
    grade(tmp_path, [row("\x1b[2J[red]a\u202eb\nc[/red]" + "x" * 200, 1.0, SPLIT)], "--record")
    text = typed("verifiers", "disagreements")
    assert "\x1b[2J" not in text
    assert "\u202e" not in text
    assert "x" * 100 not in text
    assert "0 labelled" in text


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        (["disagreements", "--resolve", "1"], ConfigError, "--resolve ID --label correct or incorrect"),
        (["disagreements", "--label", "correct"], ConfigError, "--resolve ID --label"),
        (["disagreements", "--resolve", "1", "--label", "maybe"], ConfigError, "correct or incorrect"),
        (["disagreements", "--resolve", "1", "--label", "correct"], UnknownRecord, "no disagreement 1"),
        (["show", "maths"], UnknownRecord, "no verifier 'maths' is registered here"),
        (["register", "maths"], UnknownVerifier, "no verifier 'maths': have code"),
    ],
)
def test_a_mistake_is_one_clear_message(
    home: Path, arguments: list[str], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        typed("verifiers", *arguments)


def test_all_that_are_shipped_are_registered_and_shown(home: Path) -> None:
    said = [line.split() for line in typed("verifiers", "register").splitlines()]
    assert {name for name, _, _ in said} == set(VERIFIERS)
    listed = {(each["name"], each["version"], each["code_hash"]) for each in printed("list")}
    assert listed == {(name, version, code_hash) for name, version, code_hash in said}
    assert len(typed("verifiers", "list").splitlines()) == len(VERIFIERS) + 1
    assert typed("verifiers", "register", "stem") == " ".join(said[sorted(VERIFIERS).index("stem")]) + "\n"
    stem = printed("show", "stem")
    assert [each["last_audit"] for each in stem["versions"]] == [None]
    assert "pint" in stem["versions"][0]["libraries"]
    assert "  library pint " in typed("verifiers", "show", "stem")


def test_a_verifier_of_the_users_own_is_registered_too(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "users_own").mkdir()
    (tmp_path / "users_own" / "judge.py").write_text(
        "from rewards.verifiers.scripted import ScriptedVerifier\n"
        "class Judge(ScriptedVerifier):\n"
        "    name, version, configuration = 'judge', '7', {'lenient': True}\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert typed("verifiers", "register", "users_own.judge:Judge").startswith("judge 7 ")
    (shown,) = printed("show", "judge")["versions"]
    assert shown["configuration"] == {"lenient": True}
    assert "  configuration lenient True" in typed("verifiers", "show", "judge")


def test_an_audit_is_shown_with_its_verifier(home: Path) -> None:
    typed("verifiers", "register", "scripted")
    (known,) = printed("list")
    with open_store(open_home(home).database_url) as store:
        store.keep_audit(
            name="scripted", version="1", code_hash=known["code_hash"], report={"floor": 0.25}, passed=False
        )
    shown = printed("show", "scripted")
    assert [each["report"] for each in shown["audits"]] == [{"floor": 0.25}]
    assert shown["versions"][0]["last_audit"] == shown["audits"][0]
    assert "audit: failed" in typed("verifiers", "show", "scripted")
    assert "failed" in typed("verifiers", "list")


def test_the_verifiers_of_a_grading_are_in_the_tables_that_are_documented(home: Path, tmp_path: Path) -> None:
    grade(tmp_path, DISPUTED, "--record")
    url = open_home(home).database_url
    assert ask(url, "SELECT name, version, length(code_hash) FROM verifier") == [("scripted", "1", 32)]
    assert ask(url, "SELECT sum(seen) FROM disagreement WHERE label IS NULL") == [(8,)]
