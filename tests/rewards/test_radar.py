"""The radar raises each sign when it climbs, and stays quiet when nothing does."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from rewards.audit.radar import Alert, Limits, Observation, Radar
from rewards.problem import Domain
from rewards.verdict import share_verdict

LIMITS = Limits(window=2, least=10)
CALM = 4
"""Steps of ordinary answers before anything happens."""


def seen(
    answers: Sequence[str | None], *, domain: Domain = Domain.MATH, chars: int = 400, **fields: Any
) -> list[Observation]:
    """Rewarded answers to as many problems."""
    return [
        Observation(
            problem=f"{place}",
            domain=domain,
            verdict=share_verdict(fields.get("reward", 1.0), extracted=answer, verifier="v", detail=detail),
            chars=chars,
        )
        for place, answer in enumerate(answers)
        for detail in [fields.get("detail")]
    ]


def engines(disagreeing: int, count: int = 20) -> list[Observation]:
    return [
        Observation(
            problem=f"{place}",
            domain=Domain.MATH,
            verdict=share_verdict(
                0.0,
                extracted=f"{place}",
                verifier="v",
                detail={"engines": {"own": True, "math-verify": place >= disagreeing}},
            ),
            chars=400,
        )
        for place in range(count)
    ]


def different(count: int = 20) -> list[str]:
    return [f"answer {place}" for place in range(count)]


def after(calm: list[Observation], *steps: list[Observation]) -> list[Alert]:
    radar = Radar(LIMITS)
    for _ in range(CALM):
        assert radar.observe(calm) == []
    return [alert for step in steps for alert in radar.observe(step)]


def test_a_constant_answer_that_takes_over() -> None:
    steps = [seen(["42"] * 12 + different(8))] * 2
    (alert,) = after(seen(different()), *steps)
    assert (alert.sign, alert.verifier, alert.raised, alert.example) == ("constant_answer", "v", True, "42")
    assert alert.figure > alert.limit > alert.baseline
    assert alert.count == 20
    json.dumps(alert.detail())


def test_a_constant_answer_that_was_always_frequent_is_no_sign() -> None:
    half = seen(["yes"] * 10 + ["no"] * 10)
    assert after(half, half, half) == []


def test_a_constant_answer_that_is_nearly_all_there_is_is_a_sign_from_the_start() -> None:
    (alert,) = Radar(LIMITS).observe(seen(["0"] * 20))
    assert alert.sign == "constant_answer"


def test_many_rollouts_of_one_problem_are_one_problem() -> None:
    same = [seen(["42"])[0]] * 64
    assert after(seen(different()), same + seen(different()), same + seen(different())) == []


def test_exit_like_code_in_rewarded_programs() -> None:
    plain, hack = "def f(x):\n    return x", "import os\nos._exit(0)"
    alerts = after(
        seen([plain] * 20, domain=Domain.CODE), seen([plain] * 16 + [hack] * 4, domain=Domain.CODE)
    )
    assert [alert.sign for alert in alerts] == ["exit_like_code"]
    assert "_exit" in alerts[0].example


@pytest.mark.parametrize(
    "program",
    [
        "raise SystemExit",
        "import sys\nsys.exit()",
        "class A:\n    def __eq__(self, other): return True",
        "import atexit",
        "f = sys._getframe(1).f_back",
    ],
)
def test_what_is_exit_like(program: str) -> None:
    (alert,) = Radar(LIMITS).observe(seen([program] * 10, domain=Domain.CODE))
    assert alert.sign == "exit_like_code"


def test_exit_like_code_that_earns_nothing_is_no_sign() -> None:
    assert (
        after(
            seen(["pass"] * 20, domain=Domain.CODE),
            seen(["raise SystemExit"] * 20, domain=Domain.CODE, reward=0.0),
        )
        == []
    )


@pytest.mark.parametrize("answer", ["nan", "-inf", "Infinity", "nan + nanj"])
def test_one_rewarded_answer_that_is_no_number_is_enough(answer: str) -> None:
    (alert,) = after(seen(different()), seen([*different(), answer]))
    assert (alert.sign, alert.example) == ("not_a_number", answer.lower())
    assert after(seen(different()), seen([answer], reward=0.0)) == []


def test_engines_that_come_to_disagree() -> None:
    (alert,) = after(engines(1), engines(8), engines(8))
    assert (alert.sign, alert.baseline) == ("engine_disagreement", 0.05)
    assert after(engines(8), engines(9)) == []


def test_rewarded_responses_that_become_short() -> None:
    alerts = after(seen(different()), *[seen(different(), chars=20)] * 2)
    assert [alert.sign for alert in alerts] == ["length_collapse"]


def test_an_alert_is_raised_once_and_cleared_once() -> None:
    hack, calm = seen([*different(), "nan"]), seen(different())
    radar = Radar(LIMITS)
    told = [radar.observe(step) for step in (calm, hack, hack, calm, calm, calm)]
    assert [[alert.raised for alert in alerts] for alerts in told] == [[], [True], [], [], [False], []]
    assert radar.suspects == frozenset()


def test_verifiers_are_watched_apart_and_what_was_not_judged_is_not_seen() -> None:
    radar = Radar(LIMITS)
    radar.observe(seen(["nan"]))
    assert radar.suspects == {"v"}
    assert radar.observe([]) == []


def test_answers_that_were_not_extracted_are_not_compared() -> None:
    assert Radar(LIMITS).observe(seen([None] * 20, domain=Domain.INSTRUCTION)) == []


def test_a_restored_radar_goes_on_as_if_nothing_had_been() -> None:
    steps = [seen(different()), engines(1), seen([*different(), "nan"]), engines(12), engines(12)] * 2
    whole, first, second = Radar(LIMITS), Radar(LIMITS), Radar(LIMITS)
    expected = [whole.observe(step) for step in steps]
    before = [first.observe(step) for step in steps[:5]]
    second.restore(json.loads(json.dumps(first.state())))
    assert before + [second.observe(step) for step in steps[5:]] == expected
    assert second.state() == whole.state()
    assert any(expected)
