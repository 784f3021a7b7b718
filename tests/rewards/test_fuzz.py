"""Random, mutated and broken rows over the verifiers, a small share of `python -m benchmarks.fuzz`."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.fuzz import ITEMS, Finding, Item, fuzz
from rewards.grader import LocalGrader, grade_rows

VERIFIERS = ("math", "stem", "instruction", "instruction:all", "puzzle")
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(
    [
        "answer",
        "answers",
        "choices",
        "type",
        "unit",
        "dataset",
        "entry",
        "instruction_id_list",
        "kwargs",
        "tests",
    ]
)


@pytest.fixture(scope="module")
def grader() -> Iterator[LocalGrader]:
    with LocalGrader() as grader:
        yield grader


def shown(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.kind, repr(finding.row)[:300]) for finding in findings]


@pytest.mark.parametrize("verifier", VERIFIERS)
def test_mutated_answers_junk_and_broken_references_find_nothing(verifier: str) -> None:
    items = [item for item in ITEMS if item.verifier == verifier]
    report = fuzz(items, 200, seed=1)
    assert shown(report.findings) == []
    assert sum(report.statuses.values()) == 200


def test_programs_are_fuzzed_too() -> None:
    report = fuzz([item for item in ITEMS if item.verifier == "code"], 20, seed=1)
    assert shown(report.findings) == []


def test_a_verifier_that_rewards_junk_or_breaks_is_found_out() -> None:
    """The fake does what its reference says."""
    generous = Item(verifier="scripted", reference={"reward": 1.0}, right="yes")
    assert {finding.kind for finding in fuzz([generous], 60, seed=1).findings} == {"junk"}
    broken = Item(verifier="scripted", reference={"starve": True}, right="yes")
    assert Counter(finding.kind for finding in fuzz([broken], 60, seed=1).findings)["crash"] > 0


def test_equal_seeds_make_equal_rows() -> None:
    items = [item for item in ITEMS if item.verifier == "stem"]
    first, again = (fuzz(items, 60, seed=5) for _ in range(2))
    assert first.statuses == again.statuses
    assert first.statuses != fuzz(items, 60, seed=6).statuses


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {"verifier": st.sampled_from([*VERIFIERS, "code", "no such"])},
            optional={
                "id": JSON,
                "response": JSON | st.text(st.characters(codec=None), max_size=40),
                "reference": JSON | st.dictionaries(KEYS, JSON, max_size=3),
            },
        )
        | JSON,
        max_size=6,
    )
)
def test_any_row_gets_one_verdict_in_its_place(grader: LocalGrader, rows: list[Any]) -> None:
    right = {"id": "right", "verifier": "stem", "response": "(B)", "reference": {"answer": "B"}}
    found = grade_rows(grader, [right, *rows, right])
    assert len(found) == len(rows) + 2
    assert (found[0]["reward"], found[-1]["reward"]) == (1.0, 1.0)
    for verdict in found:
        assert (verdict["reward"] is None) == (verdict["status"] in {"infra_error", "invalid_row"})
