"""Runs in the sandbox behind a program's own text: calls that one function's name does not express.

It shares the program's process and knows what the program is given, never what a test expects.
"""

from typing import Any


def call_with_names(entry_point: str, arguments: list[Any], named: dict[str, Any]) -> Any:
    """Call a function, or the method of a class `Solution` where there is no such function."""
    known = globals()
    function = known[entry_point] if entry_point in known else getattr(known["Solution"](), entry_point)
    return function(*arguments, **named)


def walk_through_class(name: str, operations: list[str], arguments: list[list[Any]]) -> list[Any]:
    """Make an object by the first operation and call its methods by the others; what each one returned."""
    made = globals()[name](*arguments[0])
    return [
        None,
        *(getattr(made, each)(*given) for each, given in zip(operations[1:], arguments[1:], strict=True)),
    ]
