"""All instructions by their published ids."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from rewards.instructions import counting, fixed_tasks, ifeval, iftrain, layout, repetition, wording
from rewards.instructions.arguments import Check, bind

CHECKERS: Final[dict[str, Callable[..., bool]]] = {
    **ifeval.CHECKERS,
    **counting.CHECKERS,
    **wording.CHECKERS,
    **layout.CHECKERS,
    **fixed_tasks.CHECKERS,
    **repetition.CHECKERS,
    **iftrain.CHECKERS,
}
"""Instruction id to its check, a function of the response and of arguments named as published."""


class UnknownInstruction(LookupError):
    """Nobody wrote a check for an instruction of that name."""


def check_for(name: str, arguments: Mapping[str, Any] | None) -> Check:
    """The check of one instruction, with its arguments.

    Raises:
        UnknownInstruction: no such instruction: ours to add, and nothing is followed by default.
        ValueError: its arguments are not what it takes: the reference is at fault.
    """
    checker = CHECKERS.get(name)
    if checker is None:
        raise UnknownInstruction(f"no check for instruction {name!r}: have {len(CHECKERS)} others")
    try:
        return bind(checker, arguments)
    except ValueError as error:
        raise ValueError(f"instruction {name!r}: {error}") from error
