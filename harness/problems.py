"""The problems that a recipe trains on: from its sources, or from imported data sets in the database.

Imported problems stay in the database and are read when they are drawn: the tests of 24k programs
are more than fits beside a model.

Not covered: importing (`harness.importer`), and the order in which sources take turns
(`harness.curation`).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import overload

from db.records import DatasetRecord
from db.store import Store
from evals.dataset import DATASETS, QUESTION
from evals.source import open_source
from harness.config import RunConfig
from harness.curation import Pool, ProblemMix
from harness.data_section import Data
from harness.errors import ConfigError
from rewards.problem import Problem

IMPORTED = "imported"
"""The source of a data set that its option `name` names."""


def open_mix(config: RunConfig, store: Store) -> ProblemMix:
    """The training problems of all the recipe's sources.

    Raises:
        ConfigError: a source gives no problem that the recipe lets pass.
        EvalError: a source cannot be had.
        UnknownRecord: a data set is not imported.
    """
    pools = [
        _pool(data, store, seed=config.seed * 1009 + place, place=f"data.{place}")
        for place, data in enumerate(config.data)
    ]
    return ProblemMix(pools, seed=config.seed)


def _pool(data: Data, store: Store, *, seed: int, place: str) -> Pool:
    if data.source == IMPORTED or data.source in DATASETS:
        return _imported_pool(data, store, seed=seed, place=place)
    found = open_source(data.source, data.options).problems(count=data.count, seed=seed)
    problems = [_shaped(problem, data, data.template) for problem in found]
    kept = tuple(each for each in problems if len(each.prompt) <= (data.max_prompt_chars or len(each.prompt)))
    if not kept:
        raise ConfigError(f"{place}: source {data.source!r} gave no problem{_limited(data)}")
    return Pool(
        problems=kept,
        weight=data.weight,
        name=kept[0].source if len({each.source for each in kept}) == 1 else data.source,
        fingerprint=_fingerprint(each.id for each in kept),
    )


def _imported_pool(data: Data, store: Store, *, seed: int, place: str) -> Pool:
    options = dict(data.options)
    name = options.pop("name", None) if data.source == IMPORTED else data.source
    if not isinstance(name, str) or options:
        raise ConfigError(f"{place}: a data set takes no options, and the source {IMPORTED!r} only a 'name'")
    record = store.dataset(name)
    template = record.template if data.template is None else data.template
    room = None if data.max_prompt_chars is None else data.max_prompt_chars - len(template) + len(QUESTION)
    rows = store.question_contents(record.id, max_chars=room, include_overlaps=data.include_flagged)
    order = sorted(rows, key=lambda row: hashlib.sha256(f"{seed}:{row[0]}".encode()).digest())[: data.count]
    if not order:
        raise ConfigError(f"{place}: data set {name!r} has no question{_limited(data)}")
    return Pool(
        problems=ImportedProblems(store, record, [key for _, key in order], data, template),
        weight=data.weight,
        name=_source_name(record),
        fingerprint=_fingerprint([template, data.verifier or record.verifier, *(row[0] for row in order)]),
    )


class ImportedProblems(Sequence[Problem]):
    """Questions of an imported data set as problems, each read when it is asked for."""

    def __init__(
        self, store: Store, record: DatasetRecord, keys: Sequence[int], data: Data, template: str
    ) -> None:
        """Those of `keys`, in that order, as `data` wants them."""
        self._store = store
        self._record = record
        self._keys = keys
        self._data = data
        self._template = template

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, index: int) -> Problem: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Problem]: ...
    def __getitem__(self, index: int | slice) -> Problem | Sequence[Problem]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        question = self._store.question(self._keys[index])
        problem = Problem(
            domain=self._record.domain,
            prompt=question.question,
            verifier=self._record.verifier,
            reference=question.reference,
            source=_source_name(self._record),
            level=question.level,
        )
        return _shaped(problem, self._data, self._template)


def _shaped(problem: Problem, data: Data, template: str | None) -> Problem:
    """The problem with the recipe's prompt and verifier."""
    prompt = problem.prompt if template is None else template.replace(QUESTION, problem.prompt)
    return replace(problem, prompt=prompt, verifier=data.verifier or problem.verifier)


def _source_name(record: DatasetRecord) -> str:
    return f"{IMPORTED}:{record.name}"


def _fingerprint(parts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{part}\n".encode())
    return digest.hexdigest()[:16]


def _limited(data: Data) -> str:
    return "" if data.max_prompt_chars is None else f" of at most {data.max_prompt_chars} characters"
