"""The port that every published data set fits, and the one table of them.

A data set says as data what lies upstream (`Card`) and makes of one row what is to be asked
(`Candidate`), with the answers by which the row is proved before anything trains on it. Reading
files is `evals.row_files`'s, proving `harness.proving`'s, keeping `db.datasets`'s.

Not covered: sources that give problems without an import (`evals.source`).
"""

import json
import pkgutil
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol, runtime_checkable

from evals.errors import EvalError
from evals.row_files import Row
from rewards.problem import Domain, Problem, Reference

QUESTION: Final = "{question}"
"""Where the question stands in a prompt template."""
STEP_BY_STEP: Final = QUESTION + " Let's think step by step and output the final answer within \\boxed{}."
"""ProRL's prompt for maths (arXiv 2505.24864, appendix E.1)."""

_KINDS: Final[dict[str, type | tuple[type, ...]]] = {
    "text": str,
    "integer": int,
    "boolean": bool,
    "list": list,
    "object": Mapping,
}
_UNKEEPABLE: Final = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One upstream column."""

    kind: Literal["text", "integer", "boolean", "list", "object"]
    required: bool = True
    """Whether a row without it is refused; a null counts as without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """An answer that the verifier must accept: where it does not, the grader is at fault and no row."""

    response: str
    reference: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is known of a data set before it is read."""

    name: str
    """What recipes and commands call it."""
    hub: str = ""
    """Repository on the Hugging Face hub; empty where rows are made here or come from the user's file."""
    revision: str = ""
    """Commit on the hub, or what pins the rows that are made here. Empty: not pinned, and the commit that
    the hub names at the import is kept with the rows."""
    files: tuple[str, ...] = ()
    """Paths within the repository, in the order in which they are read."""
    rows: int
    """How many rows lie upstream, about; for the progress bar."""
    columns: Mapping[str, Column]
    licence: str
    domain: Domain
    verifier: str
    reward: Literal["binary", "continuous"]
    """What ProRL trains on; the rubric goes by the domain."""
    template: str = QUESTION
    """The prompt around a question, where a recipe names no other."""
    canary: Canary


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What one row asks, and how it is proved."""

    question: str
    reference: Reference
    level: str = ""
    golds: Mapping[str, str] = field(default_factory=dict)
    """Responses that must earn 1, by what messages call them; empty where the row has no answer."""
    junk: Mapping[str, str] = field(default_factory=dict)
    """Responses that must earn 0, by what messages call them; the empty one always must."""
    hurdles: tuple[str, ...] = ()
    """Responses of which one at least must earn less than 1: what everything passes teaches nothing."""

    def content(self) -> str:
        """Hash of what is asked and how it is judged, by which duplicates are known. 32 hex digits."""
        problem = Problem(
            domain=Domain.MATH, prompt=self.question, verifier="", reference=self.reference, source=""
        )
        return problem.id


class Dataset(Protocol):
    """A published data set."""

    card: Card

    def candidate(self, row: Mapping[str, Any]) -> Candidate | None:
        """What a row that conforms to the card's columns asks; None where it is not of the kind taken.

        Raises:
            EvalError: the row is at fault; the message says how.
        """
        ...


@runtime_checkable
class MadeDataset(Protocol):
    """A data set whose rows are made here instead of read."""

    def made(self, start: int) -> Iterator[Row]:
        """The rows from position `start` on; positions only grow."""
        ...


DATASETS: Final[dict[str, str]] = {
    "deepscaler": "evals.datasets.deepscaler:DeepScaler",
    "eurus-2-code": "evals.datasets.eurus_2_code:Eurus2Code",
    "scp-116k": "evals.datasets.scp_116k:Scp116k",
    "reasoning-gym": "evals.datasets.reasoning_gym:ReasoningGym",
    "llama-nemotron-instruction": "evals.datasets.llama_nemotron_instruction:LlamaNemotronInstruction",
    "code-rows": "evals.datasets.code_rows:CodeRows",
}
"""Name to `module:attribute`; each is called without arguments."""


def open_dataset(name: str) -> Dataset:
    """The data set called `name`: a key of `DATASETS` or a `module:attribute` of the user's own.

    Raises:
        EvalError: no such data set.
    """
    target = DATASETS.get(name, name)
    if ":" not in target:
        known = ", ".join(sorted(DATASETS))
        raise EvalError(f"no data set {name!r}: have {known}, or a 'module:attribute' of your own")
    try:
        opened: Dataset = pkgutil.resolve_name(target)()
    except (ImportError, AttributeError, TypeError) as error:
        raise EvalError(f"data set {name!r} cannot be loaded: {error}") from error
    return opened


def conforming(row: object, columns: Mapping[str, Column]) -> Mapping[str, Any]:
    """The row, where it has the columns.

    Raises:
        EvalError: it is no object, lacks a column or holds another type there; the message names it.
    """
    if not isinstance(row, Mapping):
        raise EvalError(f"a row is an object, not {type(row).__name__}")
    for name, column in columns.items():
        value = row.get(name)
        if value is None:
            if column.required:
                raise EvalError(f"column {name!r} is {'null' if name in row else 'missing'}")
        elif not isinstance(value, _KINDS[column.kind]) or (
            column.kind == "integer" and isinstance(value, bool)
        ):
            raise EvalError(f"column {name!r} is {column.kind}, not {type(value).__name__}")
    return row


def require_keepable(candidate: Candidate) -> None:
    """Check that every database can keep what is asked and judged by.

    Raises:
        EvalError: a text is empty, or holds a NUL or half of a surrogate pair.
    """
    if not candidate.question.strip():
        raise EvalError("the question is empty")
    try:
        reference = json.dumps(candidate.reference, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise EvalError(f"the reference cannot be kept as JSON: {error}") from error
    if found := _UNKEEPABLE.search(candidate.question) or _UNKEEPABLE.search(reference):
        raise EvalError(f"the text holds the character U+{ord(found[0]):04X}, which no text may")
    if "\\u0000" in reference:
        raise EvalError("the reference holds the character U+0000, which no text may")


def boxed(answer: str) -> str:
    r"""A response that gives `answer` as its final one, in `\boxed{}`."""
    return f"The answer is \\boxed{{{answer}}}."
