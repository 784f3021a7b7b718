"""Puzzles: what a Reasoning Gym dataset's own scorer says of the answer.

Reference: `{"dataset": NAME, "entry": {"question", "answer", "metadata", ...}}`, the entry as the
dataset made it. Reward: the dataset's score in [0, 1].

`puzzle` takes the answer as `rewards.puzzles.response` says, and corrects what is wrong with the scores
(`rewards.puzzles.corrections` lists all of it); nothing that a model wrote is evaluated. `puzzle:upstream`
takes the content of the last answer tags, or the whole text, and gives the published score; where its
scorers evaluate answers, each answer gets a worker of its own. All run in killable, confined workers.

Not covered: a dataset's configuration beyond its defaults, which a few published scorers look at.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rewards.errors import BadReference, GradingError
from rewards.extraction import after_thinking
from rewards.problem import Reference
from rewards.puzzles.response import final_answer, tagged_answer
from rewards.puzzles.scorer import EVALUATED, MAX_ANSWER_CHARS
from rewards.verdict import Outcome, Verdict, share_verdict
from rewards.verifier import Tools
from rewards.workers.channel import Answer
from rewards.workers.overrun import Overrun, overrun_verdict
from rewards.workers.pool import WorkerPool

ITEM_SECONDS: Final = 2.0


class PuzzleVerifier:
    """Judges by the dataset's score, corrected where it is broken."""

    name = "puzzle"
    version = "2+reasoning-gym-0.1.25"
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
            evaluated = self.upstream and request["dataset"] in EVALUATED
            (alone if evaluated else shared)[place] = request
        for requests, fresh in ((shared, False), (alone, True)):
            replies = self._pool.run_timed(list(requests.values()), fresh=fresh)
            for (place, request), reply in zip(requests.items(), replies, strict=True):
                outcomes[place] = reply.timed(_outcome(request["answer"], reply.answer))
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
        right = entry.get("answer")
        if not isinstance(right, str | None):
            raise BadReference(f"an entry's 'answer' is a text or null, not {right!r:.80}")
        answer = self._extract(response, right)
        judged = {"answer": right, "metadata": entry["metadata"]}
        return {"dataset": dataset, "entry": judged, "answer": answer, "upstream": self.upstream}

    def _extract(self, response: str, right: str | None) -> str | None:
        """The answer; None where there is none."""
        return _some(final_answer(response, right), response, right)


class UpstreamPuzzleVerifier(PuzzleVerifier):
    """Judges by the score that Reasoning Gym publishes, right or wrong."""

    name = "puzzle:upstream"
    upstream = True

    def _extract(self, response: str, right: str | None) -> str | None:
        """The content of the answer tags, or without them the whole text; no box, no statement."""
        tagged = tagged_answer(response)
        return _some(after_thinking(response) if tagged is None else tagged, response, right)


def _some(answer: str, response: str, right: str | None) -> str | None:
    """None for an endless answer, and for an empty one unless that is right and given on purpose."""
    if len(answer) > MAX_ANSWER_CHARS:
        return None
    on_purpose = right is not None and not right.strip() and tagged_answer(response) == ""
    return answer if answer or on_purpose else None


def _outcome(answer: str | None, result: Answer) -> Verdict | Exception:
    if isinstance(result, GradingError):
        return result
    if isinstance(result, Overrun):
        return overrun_verdict(result, extracted=answer)
    if "bad_reference" in result:
        return BadReference(result["bad_reference"])
    if "ungradable" in result:
        return GradingError(result["ungradable"])
    if answer is None:
        return Verdict(status=Outcome.NO_ANSWER, reward=0.0)
    return share_verdict(float(result["score"]), extracted=answer, detail=result["note"])
