"""What a verifier's registration follows from, and that no shipped one changes under its old version."""

import json
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rewards.grader import LocalGrader
from rewards.registration import Registration, registration_of
from rewards.submission import Submission
from rewards.verifier import VERIFIERS, Tools, Verifier, open_verifier
from sandbox.backend import open_backend

ROOT = Path(__file__).resolve().parents[2]
LOCKING = runpy.run_path(str(ROOT / "scripts" / "lock_verifiers.py"))

VERIFIER = '''"""A user's own."""

import json

import judging_aids.units
from judging_aids import words


class Own:
    """Its docstring."""

    name = "own"
    version = "1"
    configuration = {"strict": True}

    def verify(self, response, reference):
        """Say yes."""
        return words.YES, json.dumps("table.json"), "judging_aids.tasks:score"

    def close(self):
        """Hold nothing."""
'''
FILES = {
    "judging_aids/__init__.py": "",
    "judging_aids/own.py": VERIFIER,
    "judging_aids/words.py": "from . import numbers\nYES = 'yes'  # said so\n",
    "judging_aids/numbers.py": "ONE = 1\n",
    "judging_aids/units.py": "import sympy\nMETRE = 1.0\n",
    "judging_aids/tasks.py": "def score(item): return {'score': 1}\n",
    "judging_aids/table.json": "[1, 2]\n",
    "judging_aids/nobody.py": "UNUSED = 1\n",
}


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a user's package that can be imported."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in sys.modules if name.startswith("judging_aids")]:
        monkeypatch.delitem(sys.modules, name)
    return tmp_path


def opened() -> Verifier:
    module = "judging_aids.own"
    return __import__(module, fromlist=["Own"]).Own()  # type: ignore[no-any-return]  # a module made just now


def shipped(name: str) -> Registration:
    verifier = open_verifier(name, Tools(sandbox=open_backend))
    verifier.close()
    return registration_of(verifier)


def test_no_shipped_verifier_changes_under_its_old_version() -> None:
    locked = json.loads(LOCKING["LOCK"].read_text(encoding="utf-8"))
    now = LOCKING["present"]()
    assert LOCKING["unnamed_changes"](now, locked) == [], (
        "their code changed: change `version` in their classes and run `make lock`, "
        "or where no verdict can have changed `make lock ARGS=--same-verdicts`"
    )
    assert now == locked, "run `make lock`"


def test_a_change_without_a_new_version_is_found() -> None:
    locked = {"math": {"version": "1", "source_hash": "a"}, "code": {"version": "1", "source_hash": "a"}}
    now: dict[str, Any] = {**locked, "math": {"version": "1", "source_hash": "b"}}
    assert LOCKING["unnamed_changes"](now, locked) == ["math"]
    now["math"]["version"] = "2"
    now["new"] = {"version": "1", "source_hash": "c"}
    assert LOCKING["unnamed_changes"](now, locked) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("judging_aids/own.py", VERIFIER.replace("words.YES", "words.NO")),
        ("judging_aids/words.py", FILES["judging_aids/words.py"].replace("'yes'", "'Yes'")),
        ("judging_aids/numbers.py", "ONE = 2\n"),
        ("judging_aids/units.py", "import sympy\nMETRE = 100.0\n"),
        ("judging_aids/tasks.py", "def score(item): return {'score': 0}\n"),
        ("judging_aids/table.json", "[1, 2, 3]\n"),
    ],
)
def test_a_change_that_can_change_a_verdict_changes_the_hash(own: Path, path: str, text: str) -> None:
    before = registration_of(opened())
    (own / path).write_text(text)
    assert registration_of(opened()).source_hash != before.source_hash


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("judging_aids/own.py", VERIFIER.replace("Its docstring", "Another").replace("Say yes.", "Agree.")),
        ("judging_aids/words.py", "from . import numbers\n\n# a remark\nYES = (\n    'yes'\n)\n"),
        ("judging_aids/nobody.py", "UNUSED = 2\n"),
    ],
)
def test_what_only_people_read_or_nobody_does_changes_nothing(own: Path, path: str, text: str) -> None:
    before = registration_of(opened())
    (own / path).write_text(text)
    assert registration_of(opened()) == before


def test_a_registration_names_libraries_and_configuration(own: Path) -> None:
    found = registration_of(opened())
    assert (found.name, found.version, found.configuration) == ("own", "1", {"strict": True})
    assert set(found.libraries) == {"sympy"}


def test_other_libraries_or_another_configuration_are_other_code(own: Path) -> None:
    verifier = opened()
    first = registration_of(verifier)
    verifier.configuration = {"strict": False}  # type: ignore[attr-defined]  # a user's class has it
    second = registration_of(verifier)
    assert first.source_hash == second.source_hash
    assert first.code_hash != second.code_hash
    values: dict[str, Any] = {"name": "v", "version": "1", "source_hash": "0", "configuration": {}}
    old, new = (Registration(**values, libraries={"pint": version}) for version in ("0.24", "0.25"))
    assert old.code_hash != new.code_hash


def test_shipped_verifiers_name_what_they_stand_on() -> None:
    assert {"math_verify", "latex2sympy2_extended", "sympy"} <= shipped("math").libraries.keys()
    assert {"pint", "math_verify"} <= shipped("stem").libraries.keys()
    assert "reasoning_gym" in shipped("puzzle").libraries
    assert "langdetect" in shipped("instruction").libraries


def test_verifiers_have_sources_of_their_own() -> None:
    hashes = {name: shipped(name).source_hash for name in ("code", "instruction", "math", "puzzle", "stem")}
    assert len(set(hashes.values())) == len(hashes)
    assert shipped("puzzle").code_hash == shipped("puzzle").code_hash


def test_registering_loads_no_heavy_library() -> None:
    code = (
        "import sys; from rewards.registration import registration_of; from rewards.verifier import *\n"
        "for name in VERIFIERS: registration_of(open_verifier(name, Tools(sandbox=None)))\n"
        "print({'sympy', 'reasoning_gym', 'pint', 'math_verify'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_grader_tells_of_each_verifier_before_its_first_verdict_and_once() -> None:
    told: list[Registration] = []
    row = Submission(id="1", verifier="scripted", response="yes", reference={"answer": "yes"})
    with LocalGrader(sandbox="scripted", on_open=told.append) as grader:
        assert told == []
        grader.grade([row, row])
        grader.grade([row])
    assert [each.name for each in told] == ["scripted"]


def test_the_table_names_every_verifier_in_the_lock() -> None:
    assert set(json.loads(LOCKING["LOCK"].read_text(encoding="utf-8"))) == set(VERIFIERS)


def test_a_verifier_that_cannot_be_registered_judges_nothing_until_it_can() -> None:
    told: list[Registration] = []

    def tell(registration: Registration) -> None:
        told.append(registration)
        if len(told) == 1:
            raise OSError("the database is away")

    row = Submission(id="1", verifier="scripted", response="yes", reference={"answer": "yes"})
    with LocalGrader(sandbox="scripted", on_open=tell) as grader:
        (refused,) = grader.grade([row])
        assert (refused.status.value, refused.reward) == ("infra_error", None)
        assert "the database is away" in str(refused.detail)
        assert [grader.grade([row])[0].reward for _ in range(2)] == [1.0, 1.0]
    assert len(told) == 2
