"""Instruction following: each instruction by its own rule and by its own place."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from rewards.errors import BadReference
from rewards.tasks.ifeval import CHECKERS, sentences
from rewards.verdict import Outcome, Verdict
from rewards.verifier import Tools
from rewards.verifiers.instruction import InstructionVerifier
from sandbox.backend import open_backend
from tests.rewards.development_data import development_rows


@pytest.fixture(scope="module")
def verifier() -> Iterator[InstructionVerifier]:
    verifier = InstructionVerifier(Tools(sandbox=open_backend))
    yield verifier
    verifier.close()


def reference(*instructions: tuple[str, Mapping[str, Any] | None]) -> dict[str, Any]:
    return {
        "instruction_id_list": [name for name, _ in instructions],
        "kwargs": [arguments for _, arguments in instructions],
    }


def test_there_are_ifevals_25() -> None:
    assert len(CHECKERS) == 25


def test_the_reward_is_the_share_followed_and_the_detail_tells_each(verifier: InstructionVerifier) -> None:
    asked = reference(
        ("punctuation:no_comma", None),
        ("startend:end_checker", {"end_phrase": "The end.", "num_words": None}),
        ("keywords:existence", {"keywords": ["dog", "CAT"]}),
        ("startend:quotation", {}),
    )
    verdict = verifier.verify("<think>, ,</think>A cat and a dog.\nThe end.\n*bye*", asked)
    assert (verdict.status, verdict.reward) == (Outcome.PARTIAL, 0.5)
    assert isinstance(verdict.detail, dict)
    assert verdict.detail["strict"] == [True, False, True, False]
    assert verdict.detail["loose"] == [True, True, True, False]


def test_an_instruction_may_come_twice_with_other_arguments(verifier: InstructionVerifier) -> None:
    asked = reference(
        ("keywords:frequency", {"keyword": "a", "frequency": 2, "relation": "at least"}),
        ("keywords:frequency", {"keyword": "b", "frequency": 2, "relation": "at least"}),
    )
    verdict = verifier.verify("a a b", asked)
    assert isinstance(verdict.detail, dict)
    assert verdict.detail["strict"] == [True, False]


@pytest.mark.parametrize(
    ("name", "arguments", "reason"),
    [
        ("count:numbers", {"N": 3}, "unknown"),
        ("keywords:frequency", {"keyword": "a"}, "takes"),
        ("keywords:existence", {"keywords": ["a"], "letter": "b"}, "takes"),
        ("keywords:frequency", {"keyword": "a", "frequency": 2, "relation": "about"}, "about"),
        ("length_constraints:number_words", {"num_words": "many", "relation": "at least"}, "supported"),
    ],
)
def test_an_instruction_that_cannot_be_checked_fails_closed(
    verifier: InstructionVerifier, name: str, arguments: dict[str, Any], reason: str
) -> None:
    with pytest.raises(BadReference, match=reason):
        verifier.verify("anything", reference((name, arguments)))


def test_language_is_told_alike_every_time(verifier: InstructionVerifier) -> None:
    asked = reference(("language:response_language", {"language": "en"}))
    items = [("I no go casa mañana with le chat", asked)] * 30
    assert len(set(map(repr, verifier.verify_many(items)))) == 1


@pytest.mark.parametrize("language", ["de", "fr", "hi"])
def test_a_language_that_cannot_be_told_is_not_the_one_asked_for(
    verifier: InstructionVerifier, language: str
) -> None:
    asked = reference(("language:response_language", {"language": language}))
    assert verifier.verify("12345 !!!", asked).reward == 0.0


def test_a_pattern_that_a_response_makes_slow_ends_in_time(verifier: InstructionVerifier) -> None:
    asked = reference(("detectable_content:number_placeholders", {"num_placeholders": 1}))
    verdict = verifier.verify("[" * 1_000_000, asked)
    assert verdict.reward == 0.0
    assert verifier.verify("[name]", asked).reward == 1.0


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two! Three?", 3),
        ("Dr. Smith met J. R. Doe. They talked.", 2),
        ('"Stop." he said. Then left', 3),
        ("It costs 3.50 dollars.", 1),
        ("No end", 1),
        ("", 0),
        ("Wait... what?!", 2),
    ],
)
def test_sentences_are_split_where_they_end(text: str, count: int) -> None:
    assert len(sentences(text)) == count


def test_development_cases_of_ifevals_instructions_get_their_recorded_verdicts(
    verifier: InstructionVerifier,
) -> None:
    rows = [row for row in development_rows("ifeval_cases.jsonl") if row["instruction_id"] in CHECKERS]
    assert len(rows) == 34
    verdicts = verifier.verify_many(
        [(row["response"], reference((row["instruction_id"], row["kwargs"]))) for row in rows]
    )
    found = [isinstance(verdict, Verdict) and verdict.reward == 1.0 for verdict in verdicts]
    assert found == [row["expected"] for row in rows]


def test_every_published_prompt_of_ifeval_can_be_checked(verifier: InstructionVerifier) -> None:
    rows = development_rows("benchmarks/ifeval_541.jsonl.gz")
    items = [("Hello. This is a response.", dict(row)) for row in rows]
    assert all(isinstance(verdict, Verdict) for verdict in verifier.verify_many(items))
