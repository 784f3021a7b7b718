"""Problems from any Reasoning Gym dataset, made anew from a seed.

Equal arguments give equal problems on any machine and day, which takes some care with the
datasets as they are; the two that cannot be had so are refused with the reason (`REFUSED`).
"""

import contextlib
import dataclasses
import datetime as dt
import decimal
import difflib
import fractions
import hashlib
import io
import itertools
import json
import math
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from evals.errors import EvalError
from rewards.problem import Domain, Problem

Entry = dict[str, Any]

HASH_ORDERED: Final = frozenset(
    {
        "intermediate_integration",
        "isomorphic_strings",
        "knight_swap",
        "polynomial_multiplication",
        "ransom_note",
        "word_ladder",
    }
)
"""Datasets (of 0.1.25) that walk through sets of strings, so that their entries depend on the
process's hash seed. They are made in a child process whose hash seed is fixed."""

REFUSED: Final = {
    "codeio": "it runs programs that draw unseeded random numbers, so that no seed brings its entries back",
    "composite": "name its parts as sources of their own",
}

UNSTABLE_METADATA: Final = {"time_intervals": frozenset({"start_time", "end_time"})}
"""Metadata that no scorer reads and that holds the day on which the entry was made."""

_RESERVED: Final = {"seed", "size"}
_CHILD: Final = "from evals.sources.reasoning_gym import child; child()"


class ReasoningGymSource:
    """One dataset at one difficulty; the prompt is its question verbatim."""

    def __init__(
        self, task: str, config: Mapping[str, Any] | None = None, level: str = "", suffix: str = ""
    ) -> None:
        """Take the dataset `task`.

        Args:
            task: the dataset's name, such as `spell_backward`.
            config: its difficulty knobs, such as `{"min_word_len": 3, "max_word_len": 5}`.
            level: the difficulty's name in reports; by default made from `config`.
            suffix: put behind every question, for a model that must be told the answer's form.

        Raises:
            EvalError: no such dataset, or knobs or values that it does not take.
        """
        self._task = task
        self._config = dict(config or {})
        self._level = level or level_of(self._config)
        self._suffix = suffix
        _dataset(self._task, self._config, seed=0, size=1)

    def problems(self, *, count: int, seed: int) -> list[Problem]:
        """At most `count` problems with different questions, made from `seed`.

        Fewer where four draws a problem find no more (`products` of two digits has 100 questions).

        Raises:
            EvalError: an entry cannot be made, or not kept as JSON.
        """
        if self._task in HASH_ORDERED and os.environ.get("PYTHONHASHSEED") != "0":
            entries = _entries_of_child(self._task, self._config, count=count, seed=seed)
        else:
            entries = _entries(self._task, self._config, count=count, seed=seed)
        return [
            Problem(
                domain=Domain.LOGIC,
                prompt=entry["question"] + self._suffix,
                verifier="puzzle",
                reference={"dataset": self._task, "entry": entry},
                source=f"reasoning_gym:{self._task}",
                level=self._level,
            )
            for entry in entries
        ]


class ReasoningGymMixSource:
    """Many datasets at their own default difficulty, in equal shares."""

    def __init__(
        self, tasks: Sequence[str] | None = None, without: Sequence[str] = (), suffix: str = ""
    ) -> None:
        """Take `tasks`, or all that can be had, but those of `without`.

        Args:
            tasks: names of datasets.
            without: names to leave out, as held out for measuring.
            suffix: as in `ReasoningGymSource`.

        Raises:
            EvalError: a name is no dataset's, or none is left.
        """
        # As in `_dataset`: importing it takes 2 s.
        from reasoning_gym.factory import DATASETS  # noqa: PLC0415

        known = sorted(set(DATASETS) - set(REFUSED))
        for name in (*without, *(tasks or ())):
            if name not in known:
                raise EvalError(f"Reasoning Gym has no dataset {name!r}{_hint(name, known)}")
        self.tasks = tuple(name for name in tasks or known if name not in set(without))
        if not self.tasks:
            raise EvalError("a mix of Reasoning Gym needs at least one task")
        self._suffix = suffix

    def problems(self, *, count: int, seed: int) -> list[Problem]:
        """At most `count` problems, the tasks taking turns; fewer where a task runs out of questions.

        Raises:
            EvalError: an entry cannot be made, or not kept as JSON.
        """
        share = math.ceil(count / len(self.tasks))
        sources = [ReasoningGymSource(name, suffix=self._suffix) for name in self.tasks] if count else []
        drawn = [source.problems(count=share, seed=seed) for source in sources]
        turns = itertools.zip_longest(*drawn)
        return [problem for turn in turns for problem in turn if problem is not None][:count]


def level_of(config: Mapping[str, Any]) -> str:
    """A short name for a difficulty: `word_len 3-5` for `min_word_len` 3 and `max_word_len` 5."""
    parts = []
    for key, value in sorted(config.items(), key=lambda item: (item[0].removeprefix("min_"), item[0])):
        stem = key.removeprefix("min_")
        if key.startswith("max_") and f"min_{key.removeprefix('max_')}" in config:
            continue
        if key.startswith("min_") and f"max_{stem}" in config:
            upper = config[f"max_{stem}"]
            parts.append(f"{stem} {value}" if upper == value else f"{stem} {value}-{upper}")
        else:
            parts.append(f"{key} {value}")
    return ", ".join(parts)


def child() -> None:
    """Read one request from stdin and print its entries: the child process's whole work."""
    request = json.load(sys.stdin)
    json.dump(_entries(**request), sys.stdout)


def _entries(task: str, config: Mapping[str, Any], *, count: int, seed: int) -> list[Entry]:
    size = 4 * count + 300
    dataset = _dataset(task, config, seed=_own_seed(task, config, seed), size=size)
    found: dict[str, Entry] = {}
    for index in range(size):
        if len(found) == count:
            break
        place = f"Reasoning Gym {task!r}, entry {index} of seed {seed}"
        try:
            with _own_randomness(index):
                entry = dataset[index]
        except IndexError:
            # Some datasets run out and say so.
            break
        except (ArithmeticError, AssertionError, LookupError, RuntimeError, TypeError, ValueError) as error:
            raise EvalError(f"{place}: {error!r}") from error
        if entry["question"] not in found:
            found[entry["question"]] = _as_json(entry, task, place)
    return list(found.values())


@contextlib.contextmanager
def _own_randomness(seed: int) -> Iterator[None]:
    """Seed the global generators, which some datasets draw from, and put them back after."""
    before, numpy_before = random.getstate(), np.random.get_state()  # noqa: NPY002
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    try:
        # Some datasets print while they think.
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        random.setstate(before)
        np.random.set_state(numpy_before)  # noqa: NPY002


def _entries_of_child(task: str, config: Mapping[str, Any], *, count: int, seed: int) -> list[Entry]:
    request = json.dumps({"task": task, "config": config, "count": count, "seed": seed})
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    answer = subprocess.run(
        [sys.executable, "-c", _CHILD],
        input=request,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if answer.returncode:
        last = answer.stderr.strip().splitlines()[-1:] or [f"exit code {answer.returncode}"]
        raise EvalError(f"Reasoning Gym {task!r} could not be made in a child process: {last[0]}")
    entries: list[Entry] = json.loads(answer.stdout)
    return entries


def _own_seed(task: str, config: Mapping[str, Any], seed: int) -> int:
    """Reasoning Gym seeds entry i with seed + i: neighbouring seeds would share their entries."""
    text = json.dumps([task, config, seed], sort_keys=True)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) >> 1


def _dataset(task: str, config: Mapping[str, Any], *, seed: int, size: int) -> Any:
    # Importing Reasoning Gym takes 2 s; who only lists sources need not wait for it.
    import reasoning_gym  # noqa: PLC0415
    from reasoning_gym.factory import DATASETS  # noqa: PLC0415

    if task in REFUSED:
        raise EvalError(f"Reasoning Gym {task!r} is not to be had here: {REFUSED[task]}")
    tasks = sorted(set(DATASETS) - set(REFUSED))
    if task not in tasks:
        raise EvalError(f"Reasoning Gym has no dataset {task!r}{_hint(task, tasks)}")
    knobs = [field.name for field in dataclasses.fields(DATASETS[task][1]) if field.name not in _RESERVED]
    for key in config:
        if key not in knobs:
            raise EvalError(f"Reasoning Gym {task!r} has no knob {key!r}{_hint(key, knobs)}")
    try:
        return reasoning_gym.create_dataset(task, **config, seed=seed, size=size)
    except (AssertionError, AttributeError, TypeError, ValueError) as error:
        raise EvalError(f"Reasoning Gym {task!r} does not take {dict(config)}: {error}") from error


def _hint(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=3)
    if close:
        return f"; did you mean {' or '.join(map(repr, close))}?"
    return f": have {', '.join(known)}"


def _as_json(entry: Entry, task: str, place: str) -> Entry:
    """The entry's question, answer and metadata as JSON values, without its place in the stream."""
    dropped = {"source_index"} | UNSTABLE_METADATA.get(task, frozenset())
    metadata = {key: value for key, value in entry["metadata"].items() if key not in dropped}
    plain = {"question": entry["question"], "answer": entry["answer"], "metadata": metadata}
    try:
        kept: Entry = json.loads(json.dumps(plain, default=_plain, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise EvalError(f"{place} cannot be kept as JSON: {error}") from error
    return kept


def _plain(value: object) -> object:
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, set | frozenset):
        return sorted(value, key=repr)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, fractions.Fraction | decimal.Decimal):
        return str(value)
    raise TypeError(f"a value of type {type(value).__name__}")
