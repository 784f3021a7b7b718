"""Which instructions a response follows. The part that runs in a worker: a pattern may take for ever."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from rewards.tasks.ifeval import CHECKERS

Check = Callable[[str], bool]


def follow(item: dict[str, Any]) -> dict[str, Any]:
    """Check `{"response", "instruction_id_list", "kwargs"}`.

    Answers `{"strict": [BOOL...], "loose": [BOOL...]}`, one for each instruction by position (an id may
    come twice), or `{"bad_reference": REASON}`.
    """
    response = item["response"]
    strict, loose = [], []
    for name, arguments in zip(item["instruction_id_list"], item["kwargs"], strict=True):
        try:
            check = _bind(name, arguments)
            followed = check(response)
            strict.append(followed)
            loose.append(followed or any(check(variant) for variant in _variants(response)))
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            reason = error.args[0] if isinstance(error, LookupError) else error
            return {"bad_reference": f"instruction {name!r}: {reason}"}
    return {"strict": strict, "loose": loose}


def _bind(name: str, arguments: Mapping[str, Any] | None) -> Check:
    """The check with its arguments; null ones are as good as none, which is how IFEval's rows come.

    Raises:
        LookupError: an unknown instruction, or one whose arguments are not what it takes.
    """
    checker = CHECKERS.get(name)
    if checker is None:
        raise LookupError("unknown; have IFEval's 25")
    given = {key: value for key, value in (arguments or {}).items() if value is not None}
    takes = set(inspect.signature(checker).parameters) - {"text"}
    if set(given) != takes:
        raise LookupError(f"takes {sorted(takes)}, was given {sorted(given)}")
    return lambda text: checker(text, **given)


def _variants(response: str) -> list[str]:
    """IFEval's loose readings: without first or last line or both, each also without asterisks."""
    lines = response.split("\n")
    cuts = [response, *("\n".join(part).strip() for part in (lines[1:], lines[:-1], lines[1:-1]))]
    readings = [*cuts[1:], *(cut.replace("*", "") for cut in cuts)]
    return [reading for reading in readings if reading.strip()]
