"""No text of an answer is run: the tree holds no call that could, but where a program is meant to run.

The sandbox, whose trade that is, is left out.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.test_architecture import MODULES, ROOT

EVALUATORS = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "parse_expr",
    "parse_latex",
    "sympify",
    "simplify",
    "S",
    "lambdify",
    "literal_eval",
    "unsafe_load",
    "parse_expression",
}
"""Functions that run, or may run, the text they are given, by any name that they are called by."""
UNPICKLERS = {"pickle", "dill", "cloudpickle", "marshal", "shelve"}
COMPILES_A_PATTERN = {"re", "_re"}

ALLOWED = {
    "harness/learners/torch_learner.py": "names the error of a broken checkpoint",
    "rewards/programs/assertions.py": "reads literals of the reference's own assertions",
    "rewards/programs/forms.py": "reads literals of the reference's own calls",
    "rewards/programs/inside/assert_judge.py": "in the sandbox: runs the reference's assertions",
    "rewards/programs/inside/assert_server.py": "in the sandbox: runs the program",
}


def evaluations(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, name) of every call of an evaluator, and of every import of one under whatever name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (node.args or node.keywords):
            name, owner = _called(node.func)
            if name in EVALUATORS and not (name == "compile" and owner in COMPILES_A_PATTERN):
                yield node.lineno, name
        elif isinstance(node, ast.ImportFrom):
            names = {alias.name for alias in node.names}
            for name in sorted(names & EVALUATORS):
                yield node.lineno, name
            if node.module in UNPICKLERS:
                yield node.lineno, node.module
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name in UNPICKLERS:
                    yield node.lineno, alias.name


def _called(function: ast.expr) -> tuple[str, str]:
    if isinstance(function, ast.Name):
        return function.id, ""
    if isinstance(function, ast.Attribute):
        owner = function.value.id if isinstance(function.value, ast.Name) else ""
        return function.attr, owner
    return "", ""


@pytest.mark.parametrize(
    "source",
    [
        "eval(answer)",
        "builtins.exec(answer)",
        "from sympy import sympify as read",
        "sympy.parse_expr(answer)",
        "import pickle",
        "compile(answer, '', 'eval')",
        "sympy.S(answer)",
    ],
)
def test_an_evaluation_is_seen(source: str) -> None:
    assert list(evaluations(ast.parse(source)))


def test_a_pattern_is_no_evaluation() -> None:
    assert not list(
        evaluations(ast.parse("re.compile('a'); program.compile; eval_set(answer); model.eval()"))
    )


def test_no_answer_can_be_evaluated() -> None:
    found = {
        str(module): list(evaluations(ast.parse((ROOT / module).read_text(encoding="utf-8"))))
        for module in MODULES
        if module.parts[0] != "sandbox"
    }

    assert {module for module, places in found.items() if places} == set(ALLOWED), found
