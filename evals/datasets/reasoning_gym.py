"""Puzzles: Reasoning Gym, made here over every task that can be trained on.

ProRL (arXiv 2505.24864, appendix E.4) trains on 37k puzzles of 96 tasks, continuous, with the
library's own prompts and scorers. Here each task comes at the first levels of its own curriculum,
or at its defaults where it has none that it takes. Left out are the three tasks that ProRL measures
as unseen (`UNSEEN`), and two that cannot be made again from a seed.

Not covered: later levels, whose puzzles take a small model's whole context; a recipe can have any
through the source `reasoning_gym`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from evals.dataset import Canary, Candidate, Card, Column
from evals.errors import EvalError
from evals.row_files import Row
from evals.source import Source, open_source
from rewards.problem import Domain

UNSEEN: Final = frozenset({"acre", "boxnet", "game_of_life_halting"})
REFUSED: Final = frozenset({"codeio", "composite"})
LEVELS: Final = (0, 1, 2)
CHUNK: Final = 8
"""Puzzles of one task and level that are made together; tasks take turns, so any part is a mix."""
ROUNDS: Final = 16
"""Turns of all tasks and levels: 37k puzzles."""
SEED: Final = 24_864
_JUNK: Final = {"no answer": "I do not know.", "another answer": "<answer>nothing at all</answer>"}


class ReasoningGym:
    """`task`, `level` and `entry`, an entry as Reasoning Gym makes it."""

    card = Card(
        name="reasoning-gym",
        revision=f"reasoning-gym 0.1.25, seed {SEED}",
        rows=37_000,
        columns={
            "task": Column(kind="text"),
            "level": Column(kind="text"),
            "entry": Column(kind="object"),
        },
        licence="Apache-2.0",
        domain=Domain.LOGIC,
        verifier="puzzle",
        reward="continuous",
        canary=Canary(
            response="<answer>9</answer>",
            reference={
                "dataset": "chain_sum",
                "entry": {"question": "4 + 5 = ?", "answer": "9", "metadata": {}},
            },
        ),
    )

    def candidate(self, row: Mapping[str, Any]) -> Candidate | None:
        """Every row is taken.

        Raises:
            EvalError: the entry has no question.
        """
        question, answer = row["entry"].get("question"), row["entry"].get("answer")
        if not isinstance(question, str):
            raise EvalError("'entry.question' is no text")
        return Candidate(
            question=question,
            reference={"dataset": row["task"], "entry": row["entry"]},
            level=f"{row['task']} {row['level']}".strip(),
            golds={"its own answer": f"<answer>{answer}</answer>"} if isinstance(answer, str) else {},
            junk=_JUNK,
        )

    def made(self, start: int) -> Iterator[Row]:
        """Puzzles from position `start` on; a task that cannot make one gives a row with the reason."""
        blocks = [(task, level) for task in trainable_tasks() for level in LEVELS]
        for number in range(start // CHUNK, ROUNDS * len(blocks)):
            turn, block = divmod(number, len(blocks))
            for row in _chunk(*blocks[block], turn=turn, first=number * CHUNK):
                if row.position >= start:
                    yield row


def trainable_tasks() -> list[str]:
    """Every task of the library but those left out, by name."""
    from reasoning_gym.factory import DATASETS  # noqa: PLC0415 - takes 2 s

    return sorted(set(DATASETS) - UNSEEN - REFUSED)


def _chunk(task: str, level: int, *, turn: int, first: int) -> Iterator[Row]:
    place = f"{task}, level {level}, turn {turn}"
    source = _source(task, level)
    if source is None:
        return
    try:
        problems = source.problems(count=CHUNK, seed=SEED + turn)
    except EvalError as error:
        yield Row(position=first, place=place, fault=str(error))
        return
    for index, problem in enumerate(problems):
        content = {"task": task, "level": problem.level, "entry": problem.reference["entry"]}
        yield Row(position=first + index, place=f"{place}, entry {index}", content=content)


def _source(task: str, level: int) -> Source | None:
    """The task at a level of its curriculum; None at a level that it does not take."""
    try:
        return open_source("reasoning_gym", {"task": task, "config": _config(task, level)})
    except EvalError:
        # Some curricula ask for what the task itself refuses; its defaults then stand for level 0.
        return None if level else open_source("reasoning_gym", {"task": task})


def _config(task: str, level: int) -> dict[str, Any]:
    """The knobs that the task's curriculum turns, at a level.

    Raises:
        EvalError: it has no such level, or values that are no JSON.
    """
    from reasoning_gym.coaching import RangeAttributeDefinition  # noqa: PLC0415 - as above
    from reasoning_gym.factory import CURRICULA, create_curriculum  # noqa: PLC0415

    if task not in CURRICULA:
        raise EvalError(f"Reasoning Gym {task!r} has no curriculum")
    curriculum = create_curriculum(task)
    if level >= max((len(each.levels) for each in curriculum.attributes.values()), default=0):
        raise EvalError(f"Reasoning Gym {task!r} has no level {level}")
    curriculum.set_global_level(level)
    try:
        made = curriculum.generate_configuration()
    except (AssertionError, AttributeError, TypeError, ValueError) as error:
        raise EvalError(f"Reasoning Gym {task!r}, level {level}: {error}") from error
    names = [
        name
        for each in curriculum.attributes.values()
        for name in (
            (each.lower_field_name, each.upper_field_name)
            if isinstance(each, RangeAttributeDefinition)
            else (each.field_name,)
        )
    ]
    config = {name: getattr(made, name) for name in names if hasattr(made, name)}
    if not all(_plain(value) for value in config.values()):
        raise EvalError(f"Reasoning Gym {task!r}, level {level}: values that are no JSON")
    return config


def _plain(value: object) -> bool:
    if isinstance(value, list | tuple):
        return all(_plain(each) for each in value)
    return isinstance(value, bool | int | float | str)
