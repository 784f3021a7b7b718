"""Instruction following: each instruction by its own rule and by its own place."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from rewards.errors import BadReference, GradingError
from rewards.instructions import ifeval
from rewards.instructions.catalogue import CHECKERS
from rewards.instructions.text import sentences
from rewards.verdict import Outcome, Verdict
from rewards.verifier import Tools
from rewards.verifiers.instruction import AllInstructionsVerifier, InstructionVerifier
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


def test_every_instruction_of_the_published_prompts_has_a_check() -> None:
    asked = {
        name
        for prompts in ("ifeval_541", "ifbench_300")
        for row in development_rows(f"benchmarks/{prompts}.jsonl.gz")
        for name in row["instruction_id_list"]
    }
    assert len(asked) == 25 + 58
    assert not asked - set(CHECKERS)


def test_no_id_has_two_checks() -> None:
    assert set(ifeval.CHECKERS) <= set(CHECKERS)


def test_all_or_nothing_rewards_only_all(verifier: InstructionVerifier) -> None:
    asked = reference(("punctuation:no_comma", None), ("startend:quotation", None))
    strictly = AllInstructionsVerifier(Tools(sandbox=open_backend))
    try:
        assert [strictly.verify(text, asked).reward for text in ('"all of it"', "half", '"a, b"')] == [
            1,
            0,
            0,
        ]
    finally:
        strictly.close()
    assert verifier.verify("half", asked).reward == 0.5


def test_an_unknown_instruction_is_our_fault_and_never_followed(verifier: InstructionVerifier) -> None:
    with pytest.raises(GradingError, match="no check for instruction 'count:moons'") as raised:
        verifier.verify("anything", reference(("count:moons", {"N": 3})))
    assert not isinstance(raised.value, BadReference)


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
        ("keywords:frequency", {"keyword": "a"}, "takes"),
        ("keywords:existence", {"keywords": ["a"], "letter": "b"}, "takes"),
        ("keywords:frequency", {"keyword": "a", "frequency": 2, "relation": "about"}, "about"),
        ("length_constraints:number_words", {"num_words": "many", "relation": "at least"}, "whole number"),
    ],
)
def test_an_instruction_that_cannot_be_checked_fails_closed(
    verifier: InstructionVerifier, name: str, arguments: dict[str, Any], reason: str
) -> None:
    with pytest.raises(BadReference, match=reason):
        verifier.verify("anything", reference((name, arguments)))


def test_language_is_told_alike_every_time(verifier: InstructionVerifier) -> None:
    asked = reference(("language:response_language", {"language": "en"}))
    items = [("I no go casa mañana with le chat", asked)] * 100
    verdicts = [verdict for verdict in verifier.verify_many(items) if isinstance(verdict, Verdict)]
    assert len(verdicts) == 100
    assert len({repr((verdict.status, verdict.reward, verdict.detail)) for verdict in verdicts}) == 1


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


def test_development_cases_get_their_recorded_verdicts(verifier: InstructionVerifier) -> None:
    """All but one: that an empty response follows an instruction is no verdict of ours."""
    rows = development_rows("ifeval_cases.jsonl")
    rows = [row for row in rows if row["response"].strip() or not row["expected"]]
    verdicts = verifier.verify_many(
        [(row["response"], reference((row["instruction_id"], row["kwargs"]))) for row in rows]
    )
    found = [isinstance(verdict, Verdict) and verdict.reward == 1.0 for verdict in verdicts]
    assert len(rows) == 97
    assert found == [row["expected"] for row in rows]


@pytest.mark.parametrize("prompts", ["ifeval_541", "ifbench_300"])
def test_every_published_prompt_can_be_checked_and_loose_is_never_stricter(
    verifier: InstructionVerifier, prompts: str
) -> None:
    rows = development_rows(f"benchmarks/{prompts}.jsonl.gz")
    items = [("Hello. This is a *response*, of 2 lines.\n- A second line!", dict(row)) for row in rows]
    for verdict in verifier.verify_many(items):
        assert isinstance(verdict, Verdict)
        assert isinstance(verdict.detail, dict)
        assert all(
            loose or not strict
            for strict, loose in zip(verdict.detail["strict"], verdict.detail["loose"], strict=True)
        )


@pytest.mark.parametrize(
    "response", ["\x00", "\ud800", "[" * 300_000, "a" * 10_000_000, "((((" * 2_000, "* " * 9_000]
)
def test_junk_gets_one_clear_verdict_for_every_instruction(
    verifier: InstructionVerifier, response: str
) -> None:
    rows = development_rows("ifeval_cases.jsonl")
    asked = {row["instruction_id"]: row["kwargs"] for row in rows}
    verdicts = verifier.verify_many([(response, reference(one)) for one in asked.items()])
    assert all(isinstance(verdict, Verdict) and verdict.judged for verdict in verdicts)
