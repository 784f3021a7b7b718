"""How far each verifier may go: bars that differ from a probe's own, with the reason for each.

A verifier of the user's own declares its bars in an attribute `audit_bars`, from a probe's name to a
number, to None (shown, not held against it), or to a pair of one of these and a reason. The bar of
`constant` is what a constant answer may earn beyond chance, the share of the most frequent right answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rewards.errors import BadReference


@dataclass(frozen=True, slots=True)
class Bar:
    """How far a probe's figure may go; with no limit it is shown and not held against the verifier."""

    limit: float | None
    reason: str = ""


_AS_PUBLISHED: Final = "as published: what others take for right is not ours to change"
_JUDGEMENT: Final = (
    "candidates",
    "constant",
    "empty",
    "gold",
    "hostile_reward",
    "junk",
    "phrasings",
    "symmetry",
    "wrong_gold",
)
"""Probes of what is taken for right; how a verifier behaves while it says so has bars in any case."""

_SHARES: Final = "a program that returns one value passes the tests that expect it"
_SLEEPS: Final = "a program that sleeps is waited for, 10 s of wall time at least"
_FORM: Final = "form is all that is judged: a text that has it by accident follows the instruction"

_CODE: Final = {"constant": Bar(0.2, _SHARES), "hang": Bar(20, _SLEEPS)}
_INSTRUCTION: Final = {
    "constant": Bar(0.15, _FORM),
    "junk": Bar(0.1, _FORM),
    "wrong_gold": Bar(0.02, _FORM),
}

_SOLUTIONS: Final = "some puzzles have several solutions, and another's may be among them"

VERIFIER_BARS: Final[dict[str, dict[str, Bar]]] = {
    "code": _CODE,
    "code:all": {"hang": _CODE["hang"]},
    "instruction": _INSTRUCTION,
    "instruction:all": _INSTRUCTION | {"constant": Bar(0.02)},
    "stem": {"symmetry": Bar(0.05, "the digits of a reference say how exact an answer has to be")},
    "puzzle": {"wrong_gold": Bar(0.05, _SOLUTIONS)},
    **{
        name: {probe: Bar(None, _AS_PUBLISHED) for probe in _JUDGEMENT}
        for name in ("math:deepscaler", "math:math-verify", "math:prorl", "puzzle:upstream")
    },
}

_FOLLOWS: Final = "a conclusion may follow from the premises of several puzzles"
_LETTERS: Final = "a share for each right letter, as published"

DATASET_BARS: Final[dict[str, dict[str, Bar]]] = {
    "boxnet": {"constant": Bar(0.05, "a share for each box in place, as published")},
    "figlet_font": {"constant": Bar(0.05, _LETTERS), "junk": Bar(0.01, _LETTERS)},
    "game_of_life": {"constant": Bar(0.08, "a share for each right cell, as published")},
    "graph_color": {"constant": Bar(0.15, _SOLUTIONS), "wrong_gold": Bar(0.15, _SOLUTIONS)},
    "polynomial_equations": {"constant": Bar(0.15, "a share for each right root, as published")},
    "propositional_logic": {"constant": Bar(0.5, _FOLLOWS), "wrong_gold": Bar(0.3, _FOLLOWS)},
    "rectangle_count": {"constant": Bar(0.25, "a share for a count that is near, as published")},
    "rubiks_cube": {"constant": Bar(0.1, "a share for a cube that is near, as published")},
    "sokoban": {"candidates": Bar(0.1, "moves after the last box is in place are not looked at")},
    "spell_backward": {"constant": Bar(0.1, _LETTERS), "empty": Bar(0.12, _LETTERS)},
    "tower_of_hanoi": {"constant": Bar(0.05, "a share for moves that come near, as published")},
}
"""Bars of `puzzle` on single datasets."""


def bars_of(verifier: str, dataset: str, declared: Mapping[str, Any]) -> dict[str, Bar]:
    """The bars that differ from the probes' own.

    Args:
        verifier: its name.
        dataset: of the items, where they come from one.
        declared: a user's own verifier's `audit_bars`.

    Raises:
        BadReference: `declared` is not what the module says it is.
    """
    own = {name: _declared(name, value) for name, value in declared.items()}
    of_dataset = DATASET_BARS.get(dataset, {}) if verifier == "puzzle" else {}
    return VERIFIER_BARS.get(verifier, {}) | of_dataset | own


def _declared(name: str, value: Any) -> Bar:
    limit, reason = value if isinstance(value, list) and len(value) == 2 else (value, "")
    if not isinstance(limit, int | float | None) or not isinstance(reason, str):
        raise BadReference(
            f"audit_bars[{name!r}] is a number or None, alone or with a reason, not {value!r:.80}"
        )
    return Bar(limit, reason)
