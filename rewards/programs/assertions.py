"""Assertions as tests of a program.

`assert f(literals) == literal` is turned into a call of `f`, so that it is compared on our side. Any other
script runs in a process of its own in the sandbox and asks the program's process for what it calls.

A script that only defines its tests has them called: functions `test...` without arguments,
`check(candidate)` with the reference's entry point, and classes of `unittest`.

Not covered: pytest, whose own functions a script may call; a script that asserts nothing.
"""

import ast
import builtins
import typing
from typing import Final

from rewards.errors import BadReference
from rewards.programs.comparators import Comparator
from rewards.programs.forms import CallTest, ProgramTest, called_function, is_plain, judge_of, named_call
from sandbox.inside.call import PRELUDE

_CANDIDATE_CHECK: Final = "check"
_IMPORTED: Final = frozenset(
    alias.name.partition(".")[0]
    for statement in ast.parse(PRELUDE).body
    if isinstance(statement, ast.Import | ast.ImportFrom)
    for alias in statement.names
).union(typing.__all__)
"""What there is without an import, as on contest sites."""


def assertion_test(
    source: str, *, setup: str = "", entry_point: str | None = None, comparator: Comparator
) -> ProgramTest:
    """The test that a script amounts to.

    Args:
        source: the script.
        setup: what runs before it, on the test's side.
        entry_point: what a function `check` is given.
        comparator: how values are compared where the script is one call.

    Raises:
        BadReference: it is not Python, or defines a `check` and nothing is known to call it with. The
            message begins with what is wrong about the test.
    """
    script, before = _parse(source), _parse(setup)
    if len(script.body) == 1 and all(isinstance(each, ast.Import | ast.ImportFrom) for each in before.body):
        call = _as_call(script.body[0], comparator)
        if call is not None:
            return call
    whole = "\n".join(part for part in (setup, source, _calls(script, entry_point)) if part)
    return judge_of(whole, [entry_point] if entry_point else _subjects(whole))


def names_asked_for(source: str) -> set[str]:
    """Names that a script uses and neither defines nor has from Python or a library.

    Raises:
        BadReference: it is not Python.
    """
    used: set[str] = set()
    own = set(dir(builtins))
    for node in ast.walk(_parse(source)):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else own).add(node.id)
        elif isinstance(node, ast.ImportFrom) and node.module == "solution":
            used |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Import) and any(alias.name == "solution" for alias in node.names):
            used.add("solution")
        elif isinstance(node, ast.Import | ast.ImportFrom):
            own |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            own.add(node.name)
        elif isinstance(node, ast.arg):
            own.add(node.arg)
    return used - own


def _subjects(script: str) -> set[str]:
    """Names that a script tests though contest sites import such ones: all that it asks for, or none."""
    asked = names_asked_for(script)
    if not asked:
        raise BadReference(
            "asks nothing of a program, or only what Python has: then there must be an 'entry_point'"
        )
    return asked if asked <= _IMPORTED else set()


def _parse(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BadReference(f"has an assertion that is not Python: {error}") from error


def _as_call(statement: ast.stmt, comparator: Comparator) -> CallTest | None:
    """The call that `assert f(literals) == literal` amounts to; None for any other statement."""
    match statement:
        case ast.Assert(test=ast.Compare(left=left, ops=[ast.Eq() | ast.Is()], comparators=[right])):
            called = called_function(left)
            try:
                expected = ast.literal_eval(right)
            except (ValueError, TypeError, RecursionError, MemoryError):
                return None
            if called is None or not is_plain(expected):
                return None
            return named_call(*called, (expected,), comparator, exact_kinds=True)
    return None


def _calls(script: ast.Module, entry_point: str | None) -> str:
    """Calls of what a script defines for others to call."""
    outside = [each for each in script.body if not isinstance(each, ast.FunctionDef | ast.ClassDef)]
    used = {node.id for each in outside for node in ast.walk(each) if isinstance(node, ast.Name)}
    calls = []
    for each in script.body:
        if isinstance(each, ast.ClassDef) and any("TestCase" in ast.unparse(parent) for parent in each.bases):
            calls.append(f"run_cases({each.name})")
        elif isinstance(each, ast.FunctionDef) and each.name not in used:
            if each.name.startswith("test") and not each.args.args:
                calls.append(f"{each.name}()")
            elif each.name == _CANDIDATE_CHECK and len(each.args.args) == 1:
                if entry_point is None:
                    raise BadReference("defines 'check' and does not call it, and there is no 'entry_point'")
                calls.append(f"{_CANDIDATE_CHECK}({entry_point})")
    return "\n".join(calls)
