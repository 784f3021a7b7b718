"""TRL calls our reward function as its trainer does; the grader behind it is the real one."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from harness.bridges.trl import reward_function
from harness.errors import ConfigError
from rewards.grader import LocalGrader


@pytest.fixture
def grader() -> Iterator[LocalGrader]:
    with LocalGrader() as opened:
        yield opened


def call(
    grader: LocalGrader, completions: list[Any], references: list[Any], **more: Any
) -> list[float | None]:
    """Call it with every argument that TRL's trainer passes."""
    return reward_function(grader)(
        prompts=["?"] * len(completions),
        completions=completions,
        completion_ids=[[1, 2]] * len(completions),
        verifier=["scripted"] * len(completions),
        reference=references,
        trainer_state=object(),
        log_extra=lambda column, values: None,
        **more,
    )


def test_rewards_come_in_the_order_of_the_completions(grader: LocalGrader) -> None:
    assert call(grader, ["4", "5", "6"], [{"answer": "4"}, {"answer": "4"}, {"reward": 0.25}]) == [
        1.0,
        0.0,
        0.25,
    ]


def test_a_conversation_is_graded_by_what_the_assistant_said(grader: LocalGrader) -> None:
    completion = [
        {"role": "assistant", "content": "4"},
        {"role": "tool", "content": "noise"},
        {"role": "assistant", "content": None},
    ]
    assert call(grader, [completion], [{"answer": "4"}]) == [1.0]


def test_a_reference_may_be_json_text(grader: LocalGrader) -> None:
    assert call(grader, ["4"], [json.dumps({"answer": "4"})]) == [1.0]


def test_what_was_not_judged_is_none_and_never_zero(grader: LocalGrader) -> None:
    references = [{"fail": "the worker died"}, "no JSON", {"answer": "4"}]
    assert call(grader, ["4", "4", "4"], references) == [None, None, 1.0]


def test_the_share_that_was_not_judged_is_logged(grader: LocalGrader) -> None:
    logged: dict[str, float] = {}
    call(grader, ["4", "4"], [{"fail": "gone"}, {"answer": "4"}], log_metric=logged.__setitem__)
    assert logged == {"unjudged_share": 0.5}


def test_a_data_set_without_references_is_refused(grader: LocalGrader) -> None:
    with pytest.raises(ConfigError, match="columns 'verifier' and 'reference'"):
        reward_function(grader)(prompts=["?"], completions=["4"], completion_ids=[[1]])
