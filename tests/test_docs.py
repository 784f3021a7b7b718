"""What the documents say is there is there, and what is there is said."""

import re
import runpy
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from harness.cli import app

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
OURS = "harness|db|evals|rewards|sandbox|tests|recipes|scripts|docs"


def each_page() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def verbs(commands: typer.Typer, name: str) -> Iterator[str]:
    for command in commands.registered_commands:
        assert command.callback is not None
        yield f"{name} {command.name or command.callback.__name__}"
    for group in commands.registered_groups:
        assert group.typer_instance is not None
        yield from verbs(group.typer_instance, f"{name} {group.name}")


def sources() -> Iterator[Path]:
    for package in ("harness", "db", "evals", "rewards", "sandbox"):
        yield from (ROOT / package).rglob("*.py")


@each_page()
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@each_page()
def test_every_file_that_is_named_stands_in_the_tree(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for name in re.findall(rf"(?<![\w/.-])(?:{OURS})/[\w/.*-]*[\w*]", text):
        assert list(ROOT.glob(name)), name


@pytest.mark.parametrize("verb", sorted(verbs(app, "harness")))
def test_every_command_is_in_the_list_of_commands(verb: str) -> None:
    assert re.search(rf"`{verb}\b", (ROOT / "docs" / "commands.md").read_text(encoding="utf-8"))


def test_every_environment_variable_is_in_the_list_of_commands() -> None:
    used = {
        name
        for path in sources()
        for name in re.findall(r"\bHARNESS_[A-Z_]+\b", path.read_text(encoding="utf-8"))
    }
    listed = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert sorted(name for name in used if name not in listed) == []


def test_the_reference_of_recipe_keys_is_up_to_date() -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "recipe_reference.py"))
    written = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
    assert written == script["page"](), "run `make docs`"


def test_no_path_of_this_machine_stands_in_a_file() -> None:
    found = subprocess.run(
        ["git", "grep", "--files-with-matches", "--fixed-strings", f"{ROOT}/"],  # noqa: S607 - git is where it is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout == ""
    assert found.returncode == 1, found.stderr
