"""Which instructions a response follows. The part that runs in a worker: a pattern may take for ever."""

from typing import Any

from rewards.instructions.catalogue import UnknownInstruction, check_for
from rewards.instructions.text import language_of, starts_with_verb


def warm_up() -> None:
    """Load the profiles of languages and the lexicon, once for all workers."""
    language_of("A first sentence.")
    starts_with_verb("Go on.")


def follow(item: dict[str, Any]) -> dict[str, Any]:
    """Check `{"response", "instruction_id_list", "kwargs"}`.

    Answers `{"strict": [BOOL...], "loose": [BOOL...]}`, one for each instruction by position (an id may
    come twice), or `{"bad_reference": REASON}`, or `{"unknown": REASON}`.
    """
    response = item["response"]
    asked = zip(item["instruction_id_list"], item["kwargs"], strict=True)
    try:
        checks = [check_for(name, arguments) for name, arguments in asked]
    except UnknownInstruction as error:
        return {"unknown": str(error)}
    except ValueError as error:
        return {"bad_reference": str(error)}
    if not response.strip():
        return {"strict": [False] * len(checks), "loose": [False] * len(checks)}
    strict = [check(response) for check in checks]
    variants = _variants(response)
    loose = [
        followed or any(check(variant) for variant in variants)
        for check, followed in zip(checks, strict, strict=True)
    ]
    return {"strict": strict, "loose": loose}


def _variants(response: str) -> list[str]:
    """IFEval's loose readings: without first or last line or both, each also without asterisks."""
    lines = response.split("\n")
    cuts = [response, *("\n".join(part).strip() for part in (lines[1:], lines[:-1], lines[1:-1]))]
    readings = dict.fromkeys([*cuts[1:], *(cut.replace("*", "") for cut in cuts)])
    return [reading for reading in readings if reading.strip() and reading != response]
