"""Instruction following: the share of the instructions that the response follows.

Reference: `{"instruction_id_list": [ID, ...], "kwargs": [{...}, ...]}`, IFEval's form. Judged is the text
after `</think>`, without blank lines around it. `instruction` rewards the share followed strictly,
`instruction:all` with 1 where all are followed strictly and with 0 else; `detail` has strict and loose for
each instruction, by position. An id that nobody wrote a check for is our fault, and arguments that an
instruction does not take the row's: nothing is followed by default.

The checks are our own (`rewards.instructions` says where each differs from the published one); how texts are
cut into sentences, words and syllables comes from libraries.

Not covered: whether the response answers what was asked.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rewards.errors import BadReference, GradingError
from rewards.extraction import after_thinking
from rewards.problem import Reference
from rewards.verdict import Outcome, Verdict, share_verdict
from rewards.verifier import Tools
from rewards.workers.channel import Answer
from rewards.workers.overrun import Overrun, overrun_verdict
from rewards.workers.pool import WorkerPool

ITEM_SECONDS: Final = 4.0
MAX_INSTRUCTIONS: Final = 50
MAX_RESPONSE_CHARS: Final = 200_000
"""A longer response is not checked and earns nothing: cut, it could pass where the whole does not."""


class InstructionVerifier:
    """Judges whether instructions that a program can check were followed."""

    name = "instruction"
    version = "2"
    all_or_nothing = False

    def __init__(self, tools: Tools) -> None:
        """Start nothing yet."""
        self._pool = WorkerPool(
            "rewards.tasks.instruction:follow", item_seconds=ITEM_SECONDS, workers=tools.workers
        )

    def verify(self, response: str, reference: Reference) -> Verdict:
        """Judge one response."""
        (outcome,) = self.verify_many([(response, reference)])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def verify_many(self, items: Sequence[tuple[str, Reference]]) -> list[Verdict | Exception]:
        """Judge many in one batch."""
        requests = [_request(response, reference) for response, reference in items]
        good = [request for request in requests if not isinstance(request, BadReference)]
        replies = iter(self._pool.run_timed(good))
        outcomes: list[Verdict | Exception] = []
        for request in requests:
            if isinstance(request, BadReference):
                outcomes.append(request)
            else:
                reply = next(replies)
                outcomes.append(reply.timed(self._outcome(request, reply.answer)))
        return outcomes

    def close(self) -> None:
        """End the workers."""
        self._pool.close()

    def _outcome(self, request: Mapping[str, Any], answer: Answer) -> Verdict | Exception:
        if isinstance(answer, GradingError):
            return answer
        if isinstance(answer, Overrun):
            return overrun_verdict(answer)
        if "unknown" in answer:
            return GradingError(answer["unknown"])
        if "bad_reference" in answer:
            return BadReference(answer["bad_reference"])
        if not request["chars"]:
            return Verdict(status=Outcome.NO_ANSWER, reward=0.0)
        strict = answer["strict"]
        share = float(all(strict)) if self.all_or_nothing else sum(strict) / len(strict)
        detail = {"instructions": request["instruction_id_list"], "strict": strict, "loose": answer["loose"]}
        if request["chars"] > MAX_RESPONSE_CHARS:
            detail["unchecked"] = f"{request['chars']} characters; at most {MAX_RESPONSE_CHARS} are checked"
        return share_verdict(share, detail=detail)


class AllInstructionsVerifier(InstructionVerifier):
    """Judges whether every instruction was followed."""

    name = "instruction:all"
    all_or_nothing = True


def _request(response: str, reference: Reference) -> dict[str, Any] | BadReference:
    names, arguments = reference.get("instruction_id_list"), reference.get("kwargs")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return BadReference("'instruction_id_list' is a list of instruction ids")
    if not 1 <= len(names) <= MAX_INSTRUCTIONS:
        return BadReference(f"1 to {MAX_INSTRUCTIONS} instructions, not {len(names)}")
    if not isinstance(arguments, list) or not all(isinstance(row, Mapping | None) for row in arguments):
        return BadReference("'kwargs' is a list of objects, one for each instruction")
    if len(arguments) != len(names):
        return BadReference(f"{len(names)} instructions with {len(arguments)} objects in 'kwargs'")
    text = _judged_text(response)
    return {
        "response": text if len(text) <= MAX_RESPONSE_CHARS else "",
        "chars": len(text),
        "instruction_id_list": names,
        "kwargs": arguments,
    }


def _judged_text(response: str) -> str:
    """What follows the thinking, with the indentation of its first line; empty where there is no more."""
    if not after_thinking(response):
        return ""
    return response.rpartition("</think>")[2].strip("\r\n")
