"""The port that every data source fits, and the one table of sources."""

import hashlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

from evals.errors import EvalError
from rewards.problem import Problem


class Source(Protocol):
    """Gives problems. Equal arguments give equal problems, on any machine."""

    def problems(self, *, count: int, seed: int) -> list[Problem]:
        """At most `count` problems, drawn by `seed`; fewer only where the source has fewer.

        Raises:
            EvalError: the data cannot be had; the message says how to get it.
        """
        ...


def draw(problems: Sequence[Problem], *, count: int, seed: int) -> list[Problem]:
    """At most `count` different problems in an order that only `seed` and their contents decide.

    A larger count adds problems at the end.
    """
    different = {problem.id: problem for problem in problems}
    order = sorted(different, key=lambda id: hashlib.sha256(f"{seed}:{id}".encode()).digest())
    return [different[id] for id in order[:count]]


SOURCES: Final[dict[str, str]] = {
    "reasoning_gym": "evals.sources.reasoning_gym:ReasoningGymSource",
    "reasoning_gym_mix": "evals.sources.reasoning_gym:ReasoningGymMixSource",
    "jsonl": "evals.sources.jsonl:JsonLinesSource",
    "starter": "evals.sources.starter:StarterSource",
}
"""Name to `module:attribute`; each is called with the options of its recipe table."""


def open_source(name: str, options: Mapping[str, Any]) -> Source:
    """Open the data source called `name` with its own options.

    Raises:
        EvalError: no such source, or options that it does not take.
    """
    target = SOURCES.get(name, name)
    if ":" not in target:
        known = ", ".join(sorted(SOURCES))
        raise EvalError(f"no data source {name!r}: have {known}, or a 'module:attribute' of your own")
    try:
        factory: Callable[..., Source] = pkgutil.resolve_name(target)
    except (ImportError, AttributeError) as error:
        raise EvalError(f"data source {name!r} cannot be loaded: {error}") from error
    try:
        return factory(**options)
    except TypeError as error:
        raise EvalError(f"data source {name!r}: {error}") from error
