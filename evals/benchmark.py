"""A benchmark: a named, pinned set of problems that models are measured on, and their table."""

import hashlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from evals.errors import EvalError
from evals.source import open_source
from rewards.problem import Problem


class Relation(StrEnum):
    """How a benchmark stands to what a run trained on."""

    TRAINED = "trained"
    HARDER = "harder"
    """Tasks that were trained, at difficulties beyond those trained."""
    UNSEEN = "unseen"
    """Tasks that were not trained at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A set of problems by source, options and seed; equal fields give equal problems."""

    name: str
    source: str
    options: Mapping[str, Any] = field(default_factory=dict)
    count: int
    seed: int
    relation: Relation = Relation.UNSEEN

    def problems(self) -> list[Problem]:
        """The benchmark's problems.

        Raises:
            EvalError: the source cannot be had, or gives no problem.
        """
        problems = open_source(self.source, self.options).problems(count=self.count, seed=self.seed)
        if not problems:
            raise EvalError(f"benchmark {self.name!r}: source {self.source!r} gave no problem")
        return problems


def content_version(problems: list[Problem]) -> str:
    """A short hash of exactly these problems in this order, shown beside every score. 12 hex digits."""
    return hashlib.sha256("".join(problem.id for problem in problems).encode()).hexdigest()[:12]


BENCHMARKS: Final[dict[str, str]] = {
    "starter-math": "evals.benchmarks.starter:MATH",
    "starter-code": "evals.benchmarks.starter:CODE",
    "starter-stem": "evals.benchmarks.starter:STEM",
    "starter-instruction": "evals.benchmarks.starter:INSTRUCTION",
}
"""Name to `module:attribute` of a `Benchmark`."""


def open_benchmark(name: str) -> Benchmark:
    """The benchmark called `name`: a key of `BENCHMARKS` or a `module:attribute` of the user's own.

    Raises:
        EvalError: no such benchmark.
    """
    target = BENCHMARKS.get(name, name)
    if ":" not in target:
        raise EvalError(
            f"no benchmark {name!r}: have {', '.join(sorted(BENCHMARKS))}, "
            "or a 'module:attribute' of your own"
        )
    try:
        found = pkgutil.resolve_name(target)
    except (ImportError, AttributeError) as error:
        raise EvalError(f"benchmark {name!r} cannot be loaded: {error}") from error
    if not isinstance(found, Benchmark):
        raise EvalError(f"benchmark {name!r} is a {type(found).__name__}, not a Benchmark")
    return found
