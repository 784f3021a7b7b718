"""`harness audit` as it is typed: its table, its JSON, its page, what it keeps and how it ends."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from db.store import open_store
from evals.errors import EvalError
from evals.source import open_source
from harness.cli import app
from harness.commands.auditing import NEVER_MADE, UPSTREAM_DATASETS, puzzle_datasets
from harness.errors import ConfigError
from harness.home import open_home
from rewards.errors import BadReference, UnknownVerifier

OWN = "tests.rewards.bad_verifiers"
ITEMS = [
    {"reference": {"answer": word}, "gold": word, "wrong": ["<b>none</b>"]}
    for word in ("heron", "hazel", "marble", "meadow", "copper")
]


@pytest.fixture
def items(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of items, in a folder whose home the commands find by its variable."""
    monkeypatch.setenv("HARNESS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("HARNESS_DATABASE_URL", raising=False)
    path = tmp_path / "items.jsonl"
    path.write_text("".join(json.dumps(item) + "\n" for item in ITEMS))
    return path


def typed(*arguments: object) -> Result:
    words = ["audit", *(str(argument) for argument in arguments), "--sandbox", "scripted"]
    return CliRunner().invoke(app, words, catch_exceptions=False)


def reports(result: Result) -> Any:
    return json.loads(result.stdout)


def test_a_sound_verifier_ends_with_0_and_a_table(items: Path) -> None:
    result = typed(f"{OWN}:Sound", "--items", items)
    assert result.exit_code == 0
    assert "best constant answer" in result.stdout
    assert "BEYOND" not in result.stdout


def test_a_verifier_beyond_a_bar_ends_with_1_and_says_which(items: Path) -> None:
    result = typed(f"{OWN}:LikesSevens", "--items", items)
    assert result.exit_code == 1
    assert "BEYOND" in result.stdout


def test_json_has_every_finding_and_several_verifiers_one_report_each(items: Path) -> None:
    result = typed(f"{OWN}:Sound", f"{OWN}:LikesSevens", "--items", items, "--json")
    assert result.exit_code == 1
    sound, bad = reports(result)
    assert sound["passed"]
    assert [each["probe"] for each in bad["findings"] if not each["passed"]] == ["constant"]
    assert bad["findings"][0].keys() >= {"figure", "bar", "passed", "worst", "cases"}


def test_the_page_is_one_file_that_loads_nothing_and_escapes_what_was_answered(
    items: Path, tmp_path: Path
) -> None:
    page = tmp_path / "audit.html"
    typed(f"{OWN}:LikesJunk", "--items", items, "--page", page)
    text = page.read_text(encoding="utf-8")
    assert "beyond a bar" in text
    assert "As an AI language model" in text
    assert "<script" not in text
    assert "<b>" not in text
    assert "src=" not in text
    with pytest.raises(ConfigError, match="page cannot be written"):
        typed(f"{OWN}:Sound", "--items", items, "--page", tmp_path / "no" / "audit.html")


def test_an_audit_is_kept_where_that_is_asked_for(items: Path, tmp_path: Path) -> None:
    typed(f"{OWN}:Sound", "--items", items)
    assert not (tmp_path / "home").exists()
    typed(f"{OWN}:LikesSevens", "--items", items, "--record")
    with open_store(open_home().database_url) as store:
        (audit,) = store.audits("sound")
        (record,) = store.verifiers("sound")
    assert not audit.passed
    assert audit.code_hash == record.code_hash != ""
    assert [each["probe"] for each in audit.report["reports"][0]["findings"] if not each["passed"]] == [
        "constant"
    ]


def test_a_dataset_is_audited_by_its_name_under_either_verifier(items: Path) -> None:
    ours, published = reports(typed("coin_flip", "puzzle:upstream:coin_flip", "--count", 3, "--json"))
    assert (ours["verifier"], published["verifier"]) == ("puzzle", "puzzle:upstream")
    floors = [
        next(each["figure"] for each in report["findings"] if each["probe"] == "constant")
        for report in (ours, published)
    ]
    assert floors[0] < floors[1]
    assert published["passed"], "as published: shown, and not held against it"


def test_what_cannot_be_audited_is_refused_with_a_reason(items: Path) -> None:
    with pytest.raises(ConfigError, match="--all"):
        typed()
    with pytest.raises(UnknownVerifier, match="no verifier 'maths'"):
        typed("maths")
    with pytest.raises(BadReference, match="--items"):
        typed(f"{OWN}:Sound")
    with pytest.raises(BadReference, match="cannot be read"):
        typed(f"{OWN}:Sound", "--items", items.parent / "none.jsonl")


def test_the_published_scores_are_audited_on_datasets_that_there_are() -> None:
    assert set(UPSTREAM_DATASETS) <= set(puzzle_datasets())


@pytest.mark.parametrize("dataset", sorted(NEVER_MADE))
def test_a_dataset_that_is_left_out_is_one_that_cannot_be_made(dataset: str) -> None:
    with pytest.raises(EvalError, match="not to be had here"):
        open_source("reasoning_gym", {"task": dataset})
