"""Puzzles: what a Reasoning Gym dataset's own scorer says of the answer.

Reference: `{"dataset": NAME, "entry": {"question", "answer", "metadata", ...}}`, the entry as the
dataset made it. The answer is the content of the last `<answer>...</answer>` after `</think>`, or
without such tags all of the text there, blanks around stripped. Reward: the dataset's score in [0, 1].

`puzzle` corrects scorers that are known to be wrong (`rewards.tasks.puzzle_corrections` lists each);
`puzzle:upstream` gives the published scores. Scorers run in a confined worker; the published ones
that evaluate answers get a worker of its own for each answer.

Not covered: the dataset's configuration beyond its defaults, which a few scorers look at.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rewards.errors import BadReference, GradingError
from rewards.extraction import after_thinking
from rewards.problem import Reference
from rewards.tasks.puzzle_corrections import EVALUATED_FORMS
from rewards.verdict import Outcome, Verdict, share_verdict
from rewards.verifier import Tools
from rewards.workers.channel import Answer
from rewards.workers.overrun import Overrun, overrun_verdict
from rewards.workers.pool import WorkerPool

ITEM_SECONDS: Final = 2.0


class PuzzleVerifier:
    """Judges by the dataset's score, corrected where it is broken."""

    name = "puzzle"
    version = "1+reasoning-gym-0.1.25"
    upstream = False

    def __init__(self, tools: Tools) -> None:
        """Start nothing yet."""
        self._pool = WorkerPool(
            "rewards.tasks.puzzle:score", item_seconds=ITEM_SECONDS, workers=tools.workers
        )

    def verify(self, response: str, reference: Reference) -> Verdict:
        """Judge one response."""
        (outcome,) = self.verify_many([(response, reference)])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def verify_many(self, items: Sequence[tuple[str, Reference]]) -> list[Verdict | Exception]:
        """Judge many in one batch; answers that a scorer would evaluate each in a fresh worker."""
        outcomes: list[Verdict | Exception | None] = [None] * len(items)
        shared: dict[int, dict[str, Any]] = {}
        alone: dict[int, dict[str, Any]] = {}
        for place, (response, reference) in enumerate(items):
            try:
                request = self._request(response, reference)
            except BadReference as error:
                outcomes[place] = error
                continue
            evaluated = self.upstream and request["dataset"] in EVALUATED_FORMS
            (alone if evaluated else shared)[place] = request
        for requests, fresh in ((shared, False), (alone, True)):
            answers = self._pool.run(list(requests.values()), fresh=fresh)
            for (place, request), answer in zip(requests.items(), answers, strict=True):
                outcomes[place] = _outcome(request["answer"], answer)
        return [outcome for outcome in outcomes if outcome is not None]

    def close(self) -> None:
        """End the workers."""
        self._pool.close()

    def _request(self, response: str, reference: Reference) -> dict[str, Any]:
        dataset, entry = reference.get("dataset"), reference.get("entry")
        if not isinstance(dataset, str):
            raise BadReference(f"'dataset' is the name of a Reasoning Gym dataset, not {dataset!r:.80}")
        if not isinstance(entry, Mapping) or not isinstance(entry.get("metadata"), Mapping):
            raise BadReference("'entry' is an object with 'question', 'answer' and an object 'metadata'")
        if not isinstance(entry.get("answer"), str | None):
            raise BadReference(f"an entry's 'answer' is a text or null, not {entry['answer']!r:.80}")
        judged = {"answer": entry.get("answer"), "metadata": entry["metadata"]}
        return {
            "dataset": dataset,
            "entry": judged,
            "answer": extract_answer(response),
            "upstream": self.upstream,
        }


class UpstreamPuzzleVerifier(PuzzleVerifier):
    """Judges by the score that Reasoning Gym publishes, right or wrong."""

    name = "puzzle:upstream"
    upstream = True


def extract_answer(response: str) -> str:
    """The content of the last answer tag after the thinking, or without one all that stands there."""
    text = after_thinking(response)
    before, closing, _ = text.rpartition("</answer>")
    _, opening, tagged = before.rpartition("<answer>")
    return (tagged if opening and closing else text).strip()


def _outcome(answer: str, result: Answer) -> Verdict | Exception:
    if isinstance(result, GradingError):
        return result
    if isinstance(result, Overrun):
        return overrun_verdict(result, extracted=answer)
    if "bad_reference" in result:
        return BadReference(result["bad_reference"])
    if not answer:
        return Verdict(status=Outcome.NO_ANSWER, reward=0.0)
    return share_verdict(float(result["score"]), extracted=answer, detail=result["note"])
