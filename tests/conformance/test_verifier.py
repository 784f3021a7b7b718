"""What every verifier of the table keeps: right is right, and no response hangs it or makes it raise."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pkgutil import resolve_name
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rewards.errors import BadReference
from rewards.verdict import UNJUDGED, Outcome, Verdict
from rewards.verifier import VERIFIERS, BatchVerifier, Tools, Verifier, open_verifier
from sandbox.backend import Backend, open_backend

PUZZLE: Final = {
    "dataset": "chain_sum",
    "entry": {"question": "State 3 + 4", "answer": "7", "metadata": {}},
}
INSTRUCTIONS: Final = {
    "instruction_id_list": ["punctuation:no_comma", "keywords:existence"],
    "kwargs": [{}, {"keywords": ["cats"]}],
}
PROGRAM: Final = {"language": "python", "entry_point": "double", "tests": [{"args": [4], "expected": 8}]}

CASES: Final[dict[str, tuple[dict[str, Any], str, str]]] = {
    "code": (
        PROGRAM,
        "```python\ndef double(x):\n    return x + x\n```",
        "```python\ndef double(x):\n    return x\n```",
    ),
    "code:all": (
        PROGRAM | {"tests": [*PROGRAM["tests"], {"args": ["a"], "expected": "aa"}]},
        "```python\ndef double(x):\n    return x + x\n```",
        "```python\ndef double(x):\n    return 8\n```",
    ),
    "instruction": (INSTRUCTIONS, "I like cats.", "I like dogs, though."),
    "instruction:all": (INSTRUCTIONS, "I like cats.", "I like dogs."),
    "math": ({"answer": "\\frac{1}{2}"}, "So it is $\\boxed{0.5}$.", "So it is $\\boxed{0.25}$."),
    "math:deepscaler": ({"answer": "11/4"}, "So it is $\\boxed{2.75}$.", "So it is $\\boxed{2.5}$."),
    "math:math-verify": ({"answer": "\\frac{1}{2}"}, "So it is $0.5$.", "So it is $0.25$."),
    "math:prorl": ({"answer": "\\frac{1}{2}"}, "So it is $0.5$.", "So it is $\\boxed{0.25}$."),
    "puzzle": (PUZZLE, "<think>3 and 4</think><answer> 7 </answer>", "<answer>8</answer>"),
    "puzzle:upstream": (PUZZLE, "<answer>7</answer>", "<answer>8</answer>"),
    "stem": ({"answer": "9.81 m/s^2"}, "The answer is 981 cm/s^2.", "\\boxed{9.81 kg}"),
    "scripted": ({"answer": "yes"}, "yes", "no"),
}
"""For each verifier a reference, a right response and a wrong one."""

BAD_REFERENCES: Final[dict[str, list[dict[str, Any]]]] = {
    "code": [
        {},
        {"tests": []},
        {"tests": [{"args": [1], "expected": 1}]},
        {"tests": [{"stdin": 1}]},
        {"tests": [{"assert": "assert ("}]},
        PROGRAM | {"language": "cobol"},
        PROGRAM | {"total_seconds": -1},
        PROGRAM | {"total_seconds": True},
        PROGRAM | {"test_seconds": 0},
        PROGRAM | {"memory_mib": "512"},
        PROGRAM | {"comparator": {"kind": "fuzzy"}},
        PROGRAM | {"checker": {"source": "pass", "convention": "mine"}},
        PROGRAM | {"tests": [{"args": [4]}]},
        PROGRAM | {"tests": [{"args": [4], "any": []}]},
        PROGRAM | {"tests": [{"class": "A", "operations": ["A"], "arguments": [], "expected": []}]},
        {"tests": [{"assert": "def check(candidate): pass"}]},
        {"format": "leetcode", "row": {}},
        {"input_output": "{"},
    ],
    "code:all": [{}, {"tests": []}, PROGRAM | {"comparator": "fuzzy"}],
    "instruction": [
        {},
        {"instruction_id_list": [], "kwargs": []},
        {"instruction_id_list": ["punctuation:no_comma"], "kwargs": []},
        {"instruction_id_list": ["keywords:existence"], "kwargs": [{}]},
        {"instruction_id_list": ["keywords:existence"], "kwargs": [{"keywords": 5}]},
        {"instruction_id_list": ["length_constraints:number_words"], "kwargs": [{"num_words": "x"}]},
    ],
    "instruction:all": [{}, {"instruction_id_list": ["keywords:existence"], "kwargs": [{}]}],
    "math": [{}, {"answer": ""}, {"answer": 5}, {"answers": []}, {"answer": "1", "answers": ["1"]}],
    "math:deepscaler": [{}, {"answer": ""}, {"answers": [5]}],
    "math:math-verify": [{}, {"answer": ""}, {"answers": [5]}],
    "math:prorl": [{}, {"answer": ""}, {"answers": [5]}],
    "puzzle": [
        {},
        {"dataset": "chain_sum", "entry": {"answer": None, "metadata": {}}},
        {"dataset": "n_queens", "entry": {"answer": "_ Q", "metadata": {}}},
        {"dataset": "chain_sum", "entry": "7"},
        {"dataset": "chain_sum", "entry": {"answer": 7, "metadata": {}}},
    ],
    "puzzle:upstream": [{}, {"dataset": "n_queens", "entry": {"answer": "_ Q", "metadata": {}}}],
    "stem": [{}, {"answer": "E", "choices": ["one", "two"]}, {"answer": "A", "choices": [1]}],
    "scripted": [{}, {"reward": 2}],
}

NASTY: Final = [
    "",
    " \n\t ",
    "\x00",
    "\ud800",
    "x" * 1_000_000,
    "\\boxed{" * 20_000,
    "\\boxed{" + "(" * 5_000 + ")" * 5_000 + "}",
    "\\boxed{" + "9" * 100_000 + "}",
    "[" * 100_000,
    "<answer>" * 50_000,
    "<answer>9**9**9**9</answer>",
    "\\boxed{2^{2^{2^{2^{49}}}}}",
    "<answer>__import__('os').system('true')</answer>",
    "<think>never ends",
    "```python\nimport sys; sys.exit(0)\n```",
    "the answer is " * 5_000,
    "```" * 100_000,
    "{" * 1_000_000,
    "1e999999999 m",
]


BATCHED: Final = [name for name in sorted(VERIFIERS) if hasattr(resolve_name(VERIFIERS[name]), "verify_many")]


def told(outcome: object) -> str:
    """A verdict without its times, or an error."""
    return repr(replace(outcome, wall_ms=0, queue_ms=0) if isinstance(outcome, Verdict) else outcome)


@cache
def shared_sandbox() -> Backend:
    return open_backend("auto")


@cache
def opened(name: str) -> Verifier:
    return open_verifier(name, Tools(sandbox=shared_sandbox))


@pytest.fixture(scope="module", autouse=True)
def _closed_afterwards() -> Iterator[None]:
    yield
    for name in CASES:
        opened(name).close()
    shared_sandbox().close()
    opened.cache_clear()
    shared_sandbox.cache_clear()


def outcome(name: str, response: str, reference: Any) -> Verdict | Exception:
    try:
        return opened(name).verify(response, reference)
    except BadReference as error:
        return error


@pytest.fixture(params=sorted(VERIFIERS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_there_is_a_case_for_every_verifier() -> None:
    assert set(CASES) == set(BAD_REFERENCES) == set(VERIFIERS)


def test_it_goes_by_its_name_and_has_a_version(name: str) -> None:
    assert opened(name).name == name
    assert opened(name).version


def test_a_right_answer_earns_1(name: str) -> None:
    reference, right, _ = CASES[name]
    verdict = opened(name).verify(right, reference)
    assert (verdict.status, verdict.reward) == (Outcome.CORRECT, 1.0)


def test_a_wrong_answer_earns_0(name: str) -> None:
    reference, _, wrong = CASES[name]
    verdict = opened(name).verify(wrong, reference)
    assert (verdict.status, verdict.reward) == (Outcome.INCORRECT, 0.0)


@pytest.mark.parametrize("response", ["", "  \n ", "<think>right", "<think></think>"])
def test_nothing_said_is_no_answer(name: str, response: str) -> None:
    verdict = opened(name).verify(response if name != "scripted" else response[:0], CASES[name][0])
    assert (verdict.status, verdict.reward) == (Outcome.NO_ANSWER, 0.0)


def test_the_same_row_gets_the_same_verdict(name: str) -> None:
    reference, right, wrong = CASES[name]
    for response in (right, wrong):
        once, again = (opened(name).verify(response, reference) for _ in range(2))
        assert once == again


def test_a_bad_reference_is_said_to_be_bad(name: str) -> None:
    for reference in BAD_REFERENCES[name]:
        with pytest.raises(BadReference, match=r"\w"):
            opened(name).verify(CASES[name][1], reference)


def test_nasty_responses_are_judged_and_earn_nothing(name: str) -> None:
    reference = CASES[name][0]
    for response in NASTY:
        verdict = opened(name).verify(response, reference)
        assert verdict.status not in UNJUDGED
        assert verdict.reward in ({0.0, 0.5} if name == "instruction" else {0.0}), response[:40]


def test_after_nasty_responses_it_still_judges_rightly(name: str) -> None:
    test_a_right_answer_earns_1(name)
    test_a_wrong_answer_earns_0(name)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(response=st.text(st.characters(codec=None), max_size=200))
def test_any_text_is_judged(name: str, response: str) -> None:
    assert opened(name).verify(response, CASES[name][0]).reward is not None


@pytest.mark.parametrize("name", BATCHED)
def test_a_batch_gets_the_verdicts_of_its_items(name: str) -> None:
    verifier = opened(name)
    assert isinstance(verifier, BatchVerifier)
    reference, right, wrong = CASES[name]
    items = [(right, reference), (wrong, reference), (right, BAD_REFERENCES[name][0]), ("", reference)] * 3
    expected = [outcome(name, *item) for item in items]
    assert list(map(told, verifier.verify_many(items))) == list(map(told, expected))


def test_closing_twice_is_fine(name: str) -> None:
    factory: Callable[[], Verifier] = lambda: open_verifier(name, Tools(sandbox=shared_sandbox))  # noqa: E731
    verifier = factory()
    verifier.close()
    verifier.close()
