"""The starter sets: short prompts, and answers that the real verifiers agree with."""

import json
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest

from evals.sources.starter import DOMAINS, StarterSource
from rewards.grader import LocalGrader
from rewards.submission import Submission
from rewards.verdict import Outcome

Row = dict[str, object]


def rows(domain: str) -> list[Row]:
    file = resources.files("evals") / "data" / f"starter_{domain}.jsonl"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def grader() -> Iterator[LocalGrader]:
    with LocalGrader() as opened:
        yield opened


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_set_is_small_and_its_prompts_fit_a_small_model(domain: str) -> None:
    problems = StarterSource(domain).problems(count=1000, seed=0)
    assert 32 <= len(problems) <= 48
    assert {problem.domain for problem in problems} == {domain}
    assert {problem.level for problem in problems} == {"easy", "medium", "hard"}
    assert all(len(problem.prompt) <= 120 and problem.prompt.isascii() for problem in problems)


@pytest.mark.parametrize(("domain", "every"), [("code", 4), ("instruction", 1), ("math", 1), ("stem", 1)])
def test_verifiers_agree_with_the_answers_noted(domain: str, every: int, grader: LocalGrader) -> None:
    """Of the programs only some, since each test starts a sandbox; the next test takes them all."""
    noted = rows(domain)[::every]
    verdicts = grader.grade([_submission(row, str(row["gold"])) for row in noted])
    wrong = [
        (row["prompt"], verdict)
        for row, verdict in zip(noted, verdicts, strict=True)
        if verdict.status is not Outcome.CORRECT
    ]
    assert not wrong


@pytest.mark.parametrize("row", rows("code"), ids=lambda row: row["reference"]["entry_point"])
def test_every_program_noted_passes_its_tests(row: Row) -> None:
    source = str(row["gold"]).removeprefix("```python\n").removesuffix("```")
    names: dict[str, Any] = {}
    exec(source, names)  # noqa: S102  (our own program, not a model's)
    reference: Any = row["reference"]
    for case in reference["tests"]:
        assert names[reference["entry_point"]](*case["args"]) == case["expected"]


@pytest.mark.parametrize("domain", ["code", "math", "stem"])
@pytest.mark.parametrize("junk", ["", "zq, zq. no idea, Zebra!"])
def test_junk_earns_nothing(domain: str, junk: str, grader: LocalGrader) -> None:
    verdicts = grader.grade([_submission(row, junk) for row in rows(domain)])
    assert {verdict.reward for verdict in verdicts} == {0.0}


def test_gibberish_earns_shares_for_instructions_that_it_follows(grader: LocalGrader) -> None:
    """So that continuous rewards flow even for a model that knows nothing."""
    verdicts = grader.grade([_submission(row, "blubb ek tro") for row in rows("instruction")])
    assert {0.0, 0.5, 1.0} <= {verdict.reward for verdict in verdicts}


def _submission(row: Row, response: str) -> Submission:
    reference = row["reference"]
    assert isinstance(reference, dict)
    return Submission(
        id=str(row["prompt"]), verifier=str(row["verifier"]), response=response, reference=reference
    )
