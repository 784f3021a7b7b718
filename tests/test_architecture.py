"""The house rules that no linter knows: sizes, names, import costs, tables. pyproject.toml holds the rest."""

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from vulture import Vulture

from evals.benchmark import BENCHMARKS
from evals.dataset import DATASETS
from evals.source import SOURCES
from harness.advantage import ESTIMATORS
from harness.engines.port import ENGINES
from harness.learners.port import LEARNERS
from harness.learning import AGGREGATIONS, CORRECTIONS, KL_ESTIMATORS, RATIOS
from rewards.verifier import VERIFIERS
from sandbox.backend import BACKENDS

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("harness", "db", "evals", "rewards", "sandbox")
MODULES = sorted(
    path.relative_to(ROOT)
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
)

FILE_LINES = 300
FUNCTION_LINES = 50
DRAWERS = {"utils", "util", "helpers", "helper", "common", "base", "misc", "core", "types", "constants"}
CATCH_ALL = {
    "harness/hub/worker.py": "a worker's entry loop: nothing that a chunk does may end the worker",
    "harness/sampling/desk.py": "a grading thread's entry loop: what went wrong is told to whoever waits",
    "rewards/grader.py": "a fault in one verifier, its author's own included, costs its own rows alone",
    "rewards/tasks/puzzle.py": "on junk a foreign scorer raises anything, SystemExit too",
    "rewards/workers/nursery.py": "a killable worker's entry: whatever went wrong is to be told",
    "rewards/programs/inside/assert_judge.py": "in the sandbox: a test's own errors are told",
    "rewards/programs/inside/assert_server.py": "in the sandbox: a program's errors are told",
    "sandbox/inside/interpret.py": "in the sandbox: whatever the program raises is told as Python tells it",
    "sandbox/inside/launcher.py": "a sandboxed process's entry: whatever went wrong is to be told",
    "sandbox/inside/program.py": "a program's start: whatever went wrong before it is ours, and told",
    "sandbox/inside/server.py": "a program process: the backend sees it gone, and runs one by one",
}

FOR_OTHERS = {
    "pass_at_k": "others' scripts import it",
    "results_async": "an asyncio service calls it",
    "reweight": "a stage calls it",
    "reward_function": "a TRL script calls it",
    "call_with_names": "called in the sandbox by its name",
    "walk_through_class": "called in the sandbox by its name",
    "_get": "Kombu calls it",
    "_put": "Kombu calls it",
    "take_weights": "vLLM calls it in its worker",
    "WeightsExtension": "vLLM loads it by its name",
}

TABLES = {
    "AGGREGATIONS": AGGREGATIONS,
    "BACKENDS": BACKENDS,
    "BENCHMARKS": BENCHMARKS,
    "CORRECTIONS": CORRECTIONS,
    "DATASETS": DATASETS,
    "ENGINES": ENGINES,
    "ESTIMATORS": ESTIMATORS,
    "KL_ESTIMATORS": KL_ESTIMATORS,
    "LEARNERS": LEARNERS,
    "RATIOS": RATIOS,
    "SOURCES": SOURCES,
    "VERIFIERS": VERIFIERS,
}


def tree_of(module: Path) -> ast.Module:
    return ast.parse((ROOT / module).read_text(encoding="utf-8"))


def named_by_strings() -> set[str]:
    """Attributes that some `"module:attribute"` in the packages names."""
    text = "\n".join((ROOT / module).read_text(encoding="utf-8") for module in MODULES)
    return set(re.findall(rf'"(?:{"|".join(PACKAGES)})[\w.]*:(\w+)"', text))


def lines_of(module: Path | str) -> int:
    return len((ROOT / module).read_text(encoding="utf-8").splitlines())


def imports_of(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def loaded_by(statement: str) -> set[str]:
    """Names of the top-level packages in memory after `statement` has run in a fresh Python."""
    code = f"{statement}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def test_a_file_is_short_enough_to_be_read_at_once() -> None:
    long = {str(module): lines_of(module) for module in MODULES if lines_of(module) > FILE_LINES}
    assert long == {}


def test_a_function_is_short_enough_to_be_read_at_once() -> None:
    long = {
        f"{module}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for module in MODULES
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: lines for name, lines in long.items() if lines > FUNCTION_LINES} == {}


def test_a_module_is_named_for_its_one_idea() -> None:
    assert [str(module) for module in MODULES if module.stem in DRAWERS] == []


def test_a_package_file_holds_one_docstring_and_nothing_else() -> None:
    for module in MODULES:
        if module.name == "__init__.py":
            tree = tree_of(module)
            assert ast.get_docstring(tree), module
            assert len(tree.body) == 1, module


def test_every_error_is_caught_by_name() -> None:
    """A named exception can be told apart; `except Exception` hides whose fault it was."""
    broad = {
        str(module)
        for module in MODULES
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.ExceptHandler) and catches_everything(node)
    }
    assert sorted(broad - set(CATCH_ALL)) == []
    assert sorted(set(CATCH_ALL) - broad) == [], "what catches by name now needs no exception"


def catches_everything(handler: ast.ExceptHandler) -> bool:
    """Whether it stops any exception; one that tidies up and raises it again does not."""
    if isinstance(handler.body[-1], ast.Raise) and handler.body[-1].exc is None:
        return False
    caught = "BaseException" if handler.type is None else ast.unparse(handler.type)
    return bool({"Exception", "BaseException"} & set(re.split(r"[ (),|]+", caught)))


def test_nothing_stands_that_nobody_uses() -> None:
    """What only tests use counts as unused. Attributes are left out: records carry some for templates."""
    decorators = ["@*.callback", "@*.command", "@*.get", "@*.post", "@*.exception_handler", "@*_validator"]
    search = Vulture(ignore_decorators=decorators)
    search.scavenge([ROOT / package for package in PACKAGES], exclude=["*/migrations/*"])
    unused = {
        f"{item.filename.relative_to(ROOT)}:{item.name}": item.name
        for item in search.get_unused_code(min_confidence=60)
        if item.typ in {"class", "function", "method", "property"}
    }
    assert (
        sorted(place for place, name in unused.items() if name not in named_by_strings() | set(FOR_OTHERS))
        == []
    )


def test_the_sandbox_stands_on_the_standard_library_alone() -> None:
    known = sys.stdlib_module_names | {"sandbox"}
    for module in MODULES:
        if module.parts[0] == "sandbox":
            for name in imports_of(tree_of(module)):
                assert name.partition(".")[0] in known, f"{module} imports {name}"


@pytest.mark.parametrize("package", PACKAGES)
def test_the_five_packages_are_this_projects_own(package: str) -> None:
    """Their names are generic: another distribution's package of that name must not shadow ours."""
    found = importlib.import_module(package).__file__
    assert found is not None
    assert Path(found).is_relative_to(ROOT)


def test_the_wheel_ships_the_five_packages_and_no_tests() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == list(PACKAGES)
    assert project["tool"]["importlinter"]["root_packages"] == list(PACKAGES)


@pytest.mark.parametrize(
    ("table", "name"),
    [(table, name) for table in TABLES for name in TABLES[table]],
    ids=str,
)
def test_every_name_in_a_ports_table_leads_somewhere(table: str, name: str) -> None:
    assert pkgutil.resolve_name(TABLES[table][name]) is not None


def test_grading_is_light_to_import() -> None:
    heavy = {"torch", "transformers", "sympy", "numpy", "sqlalchemy", "fastapi", "pydantic", "reasoning_gym"}
    assert not heavy & loaded_by("import rewards.grader")


def test_a_hub_or_a_worker_starts_without_torch() -> None:
    names = [
        found.name
        for package in ("sandbox", "rewards", "evals", "db", "harness.hub")
        for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}.")
        if ".migrations." not in found.name
    ]
    assert not {"torch", "transformers"} & loaded_by(f"import {', '.join(names)}")


def test_help_comes_without_the_heavy_parts() -> None:
    """`harness --help` answers in under half a second because nothing heavy is imported for it."""
    statement = """
import sys
from harness.cli import main
sys.argv = ["harness", "--help"]
try:
    main()
except SystemExit as end:
    assert end.code in (0, None)
"""
    heavy = {"torch", "transformers", "sqlalchemy", "fastapi", "celery", "reasoning_gym", "sympy", "scipy"}
    assert not heavy & loaded_by(statement)
