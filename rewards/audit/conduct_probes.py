"""Probes of how a verifier behaves: hanging, growing, running what it reads, changing its mind, blaming."""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from rewards.audit.examinee_link import Row
from rewards.audit.hostile import HOSTILE, HOSTILE_PROGRAMS, PROGRAM_SECONDS, payloads
from rewards.audit.items import Item
from rewards.audit.probe import Case, Measurement, Subject, share
from rewards.verdict import UNJUDGED

REPEATS: Final = 100
REPEATED_SHARE: Final = 32
"""One item, and one more for each so many of the sample."""
REFERENCES_BROKEN: Final = 6
"""Items whose references are broken in every way."""
MIB: Final = 1024 * 1024

_NOT_THAT_TYPE: Final[tuple[Any, ...]] = (None, "", [], {}, [None], {"a": 1})
_NOT_A_STRUCTURE: Final[tuple[Any, ...]] = (5, True)
"""For lists and objects alone: a number in the place of a text may be read as one."""


def determinism(subject: Subject) -> Measurement | None:
    """The share of repeats that do not say what the first did, right, wrong and junk answers alike."""
    rows: list[Row] = []
    for item in subject.sample[: 1 + len(subject.sample) // REPEATED_SHARE]:
        answers = [item.gold, next(iter(item.wrong), None), "junk 17"]
        rows += [subject.row(item, answer) for answer in answers if answer is not None]
    cases = subject.judge([row for row in rows for _ in range(REPEATS)])
    first = {place: cases[place * REPEATS] for place in range(len(rows))}
    return share(
        [case for place, case in enumerate(cases) if place % REPEATS],
        wrong=_differs_from({id(case.row): case for case in first.values()}),
    )


def hang(subject: Subject) -> Measurement | None:
    """Wall seconds of the hostile answer that took longest."""
    hostile, _ = _under_fire(subject)
    slowest = sorted(hostile, key=lambda case: -case.judgement.wall_seconds)
    return Measurement(
        figure=slowest[0].judgement.wall_seconds,
        cases=len(hostile),
        against=[case for case in slowest if case.judgement.wall_seconds >= 1],
        note=f"slowest: {slowest[0].note}",
    )


def recovery(subject: Subject) -> Measurement | None:
    """The share of right answers that are refused right after a hostile one."""
    _, after = _under_fire(subject)
    return share(after, wrong=lambda case: not case.judgement.accepted)


def hostile_reward(subject: Subject) -> Measurement | None:
    """The most that a hostile answer earns."""
    hostile, _ = _under_fire(subject)
    earning = sorted(
        (case for case in hostile if case.judgement.earned), key=lambda case: -case.judgement.earned
    )
    figure = earning[0].judgement.earned if earning else 0.0
    return Measurement(figure=figure, cases=len(hostile), against=earning)


def memory(subject: Subject) -> Measurement | None:
    """MiB of the verifier's largest process under hostile answers."""
    hostile, _ = _under_fire(subject)
    peak = subject.examinee.peak_bytes
    note = "" if peak else "this system does not say how much memory a process holds"
    return Measurement(figure=peak / MIB if peak else None, cases=len(hostile), note=note)


def execution(subject: Subject) -> Measurement | None:
    """How many answers were run as code: each would leave a file behind."""
    against: list[Case] = []
    cases = 0
    item = subject.items[0]
    with tempfile.TemporaryDirectory() as folder:
        for number, _ in enumerate(payloads("")):
            marker = Path(folder) / f"marker-{number}"
            name, payload = list(payloads(str(marker)).items())[number]
            found = subject.judge([subject.row(item, payload), (payload, item.reference)], [name, name])
            cases += len(found)
            if marker.exists():
                against.append(found[0])
    return Measurement(figure=float(len(against)), cases=cases, against=against)


def bad_reference(subject: Subject) -> Measurement | None:
    """The share of broken references that cost a right answer its reward as if it were wrong.

    Each key is left out, and each value replaced by ones of other types. A verifier may say that it cannot
    judge, or not need the key; it may not say 0.
    """
    broken = [
        (row, note)
        for item in subject.sample[:REFERENCES_BROKEN]
        for row, note in _broken_rows(subject, item)
    ]
    if not broken:
        return None
    judgements = subject.examinee.ask([row for row, _ in broken])
    cases = [
        Case(row=row, judgement=judgement, note=note)
        for (row, note), judgement in zip(broken, judgements, strict=True)
    ]
    unjudged = {str(status) for status in UNJUDGED}
    return share(
        cases,
        wrong=lambda case: (
            case.judgement.hung or (case.judgement.status not in unjudged and not case.judgement.accepted)
        ),
    )


def vocabulary(subject: Subject) -> Measurement | None:
    """The share of well-formed rows, of all probes before, without a fitting status and reward."""
    if not subject.asked:
        return None
    return Measurement(figure=len(subject.unfit) / subject.asked, cases=subject.asked, against=subject.unfit)


def _under_fire(subject: Subject) -> tuple[list[Case], list[Case]]:
    """Hostile answers one by one, and a right answer after each. Asked once; several probes read it."""
    if subject.under_fire is None:
        hostile: list[Case] = []
        after: list[Case] = []
        known = next(((item, item.gold) for item in subject.solved if item.gold is not None), None)
        for name, row in _hostile_rows(subject):
            hostile.append(subject.judge_alone(row, name, watch=True))
            if known is not None:
                after.append(subject.judge_alone(subject.row(*known), f"after {name}"))
        subject.under_fire = hostile, after
    return subject.under_fire


def _differs_from(first: Mapping[int, Case]) -> Any:
    def differs(case: Case) -> bool:
        before, now = first[id(case.row)].judgement, case.judgement
        return (before.status, before.reward, before.extracted) != (now.status, now.reward, now.extracted)

    return differs


def _hostile_rows(subject: Subject) -> Iterator[tuple[str, Row]]:
    reference = subject.items[0].reference
    texts = HOSTILE
    if subject.family.name == "code":
        reference = {**reference, "total_seconds": PROGRAM_SECONDS}
        texts = HOSTILE | HOSTILE_PROGRAMS
    for name, text in texts.items():
        yield name, (subject.family.response(text), reference)


def _broken_rows(subject: Subject, item: Item) -> Iterator[tuple[Row, str]]:
    if item.gold is None:
        return
    response = subject.family.response(item.gold)
    yield (response, {}), "an empty reference"
    for key, value in item.reference.items():
        rest = {name: kept for name, kept in item.reference.items() if name != key}
        yield (response, rest), f"without {key!r}"
        for other in _NOT_THAT_TYPE + (_NOT_A_STRUCTURE if isinstance(value, list | Mapping) else ()):
            if type(other) is not type(value) or not other:
                yield (response, rest | {key: other}), f"{key!r} is {other!r}"
