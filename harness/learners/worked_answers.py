"""Problems with worked answers: what a small base model made here is taught from.

The questions are Reasoning Gym's own. The workings are ours, a few tokens each, and end as every
answer is to end: `</think><answer>...</answer>`.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from evals.source import open_source
from harness.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One Reasoning Gym dataset at one difficulty, as recipes name it."""

    task: str
    config: Mapping[str, Any] = field(default_factory=dict)
    weight: float = 1.0
    """Share of the worked answers, relative to the other tasks' weights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedAnswer:
    """A question with one good way to its answer."""

    question: str
    working: str
    answer: str

    @property
    def text(self) -> str:
        """What the model is to write after `<think>`."""
        return f"{self.working}</think>{self.ending}"

    @property
    def ending(self) -> str:
        """How every right completion ends."""
        return f"<answer>{self.answer}</answer>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One task's worked answers."""

    task: str
    taught: tuple[WorkedAnswer, ...]
    held_out: tuple[WorkedAnswer, ...]
    """Not among those taught, unless the task has too few different questions."""


def _reversal(metadata: Mapping[str, Any]) -> str:
    return str(metadata["word"])[::-1]


def _running_sums(metadata: Mapping[str, Any]) -> str:
    first, *rest = str(metadata["expression"]).split()
    total, lines = int(first), []
    for sign, term in zip(rest[::2], rest[1::2], strict=True):
        before, total = total, total + int(term) if sign == "+" else total - int(term)
        lines.append(f"{before}{sign}{term}={total}")
    return " ".join(lines)


def _running_products(metadata: Mapping[str, Any]) -> str:
    first, *rest = (int(factor) for factor in str(metadata["expression"]).split(" * "))
    total, lines = first, []
    for factor in rest:
        before, total = total, total * factor
        lines.append(f"{before}*{factor}={total}")
    return " ".join(lines)


WORKINGS: Final[dict[str, Callable[[Mapping[str, Any]], str]]] = {
    "spell_backward": _reversal,
    "chain_sum": _running_sums,
    "products": _running_products,
}
"""By dataset, from an entry's metadata to the working."""

TASKS: Final = (
    Task(task="spell_backward", config={"min_word_len": 3, "max_word_len": 8}, weight=3),
    Task(
        task="chain_sum",
        config={"min_terms": 2, "max_terms": 4, "min_digits": 1, "max_digits": 1},
        weight=3,
    ),
    Task(task="products", config={"min_terms": 2, "max_terms": 2, "min_digits": 1, "max_digits": 1}),
)
"""What a base is taught where its recipe names nothing else."""

HELD_OUT: Final = 64
"""Problems of each task kept back, to see when to stop."""


def make_lessons(tasks: Sequence[Task], *, rows: int, seed: int) -> list[Lesson]:
    """Worked answers of every task, `rows` in all; a task with fewer questions repeats them.

    Raises:
        ConfigError: a task that nobody has written a working for.
        EvalError: a task cannot be had, or not at that difficulty.
    """
    total = sum(task.weight for task in tasks)
    return [_lesson(task, count=round(rows * task.weight / total), seed=seed) for task in tasks]


def _lesson(task: Task, *, count: int, seed: int) -> Lesson:
    if task.task not in WORKINGS:
        raise ConfigError(
            f"warm start: no worked answers for task {task.task!r}: have {', '.join(sorted(WORKINGS))}"
        )
    source = open_source("reasoning_gym", {"task": task.task, "config": task.config})
    entries = [problem.reference["entry"] for problem in source.problems(count=count + HELD_OUT, seed=seed)]
    worked = tuple(
        WorkedAnswer(
            question=entry["question"],
            working=WORKINGS[task.task](entry["metadata"]),
            answer=str(entry["answer"]),
        )
        for entry in entries
    )
    exhausted = len(worked) < count + HELD_OUT
    taught = itertools.cycle(worked if exhausted else worked[HELD_OUT:])
    return Lesson(task=task.task, taught=tuple(itertools.islice(taught, count)), held_out=worked[:HELD_OUT])
