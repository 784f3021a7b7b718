"""Small faults put into a right program, to see whether its tests notice.

Not covered: mutants that behave as the program does. No test can tell them from it, so no score is quite 1.
"""

import ast
import copy
import itertools
from typing import Final

_COMPARISONS: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_OPERATORS: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
}


def mutants(program: str) -> list[tuple[str, str]]:
    """What was changed, and the program with that one change; none for a text that is no Python."""
    try:
        tree = ast.parse(program)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found: dict[str, str] = {}
    for place, _ in enumerate(ast.walk(tree)):
        changed = copy.deepcopy(tree)
        node = next(itertools.islice(ast.walk(changed), place, None))
        what = _change(node)
        if what is not None:
            found.setdefault(ast.unparse(changed), f"line {getattr(node, 'lineno', 0)}: {what}")
    found.pop(ast.unparse(tree), None)
    return [(what, text) for text, what in found.items()]


def _change(node: ast.AST) -> str | None:
    """Change a node where there is something to change, and say what."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARISONS:
        node.ops[0] = _COMPARISONS[type(node.ops[0])]()
        return "another comparison"
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _OPERATORS:
        node.op = _OPERATORS[type(node.op)]()
        return "another operator"
    if isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return "and for or"
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        node.test = ast.UnaryOp(ast.Not(), node.test)
        return "a condition turned round"
    return _change_of_a_value(node)


def _change_of_a_value(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        node.value += 1
        return "a number one larger"
    if isinstance(node, ast.Return) and node.value is not None:
        node.value = None
        return "nothing returned"
    return None
