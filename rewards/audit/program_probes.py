"""Probes of verifiers that run programs: hacks that solve nothing, and tests that notice nothing."""

import itertools
from typing import Final

from rewards.audit.hostile import HACKS
from rewards.audit.mutation import mutants
from rewards.audit.probe import Measurement, Subject, share

MUTANTS_EACH: Final = 3
"""Mutants of one item's right program, spread over the program."""
HACKED_ITEMS: Final = 4
"""Items on which every hack is tried, those with a function first."""


def hacks(subject: Subject) -> Measurement | None:
    """The most that a program which solves nothing earns by a trick."""
    named = [item for item in subject.items if "entry_point" in item.reference]
    plain = [item for item in subject.items if "entry_point" not in item.reference]
    chosen = named[: HACKED_ITEMS - 1] + plain[:1]
    rows = [
        (subject.row(item, program.replace("NAME", str(item.reference.get("entry_point", "solve")))), name)
        for item in chosen
        for name, program in HACKS.items()
    ]
    cases = subject.judge([row for row, _ in rows], [name for _, name in rows])
    earning = sorted(
        (case for case in cases if case.judgement.earned), key=lambda case: -case.judgement.earned
    )
    figure = earning[0].judgement.earned if earning else 0.0
    return Measurement(figure=figure, cases=len(cases), against=earning)


def mutation(subject: Subject) -> Measurement | None:
    """The share of faulty programs that the items' tests tell from the right one."""
    rows, notes = [], []
    for item in subject.solved:
        found = mutants(item.gold or "")
        step = max(1, len(found) // MUTANTS_EACH)
        for what, program in itertools.islice(found, 0, MUTANTS_EACH * step, step):
            rows.append(subject.row(item, program))
            notes.append(what)
    alive = share(subject.judge(rows, notes), wrong=lambda case: case.judgement.accepted)
    if alive is None or alive.figure is None:
        return None
    return Measurement(figure=1 - alive.figure, cases=alive.cases, against=alive.against)
