"""The process in which a verifier is examined: whatever it does there, the audit goes on without it.

Reads requests as frames from standard input and answers each by one frame (`rewards.audit.examinee_link`
is the other end). What a verifier prints goes to standard error.
"""

import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from rewards.errors import GradingError
from rewards.grader import LocalGrader
from rewards.registration import registration_of
from rewards.submission import Submission
from rewards.verdict import Verdict
from rewards.verifier import Tools, open_verifier
from rewards.workers.frames import FrameReader, encode
from sandbox.backend import open_backend

READ_BYTES = 1 << 20


def main() -> None:
    """Answer requests until standard input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    reader = FrameReader()
    greeting: dict[str, Any] | None = None
    with LocalGrader(sandbox=sys.argv[1], workers=int(sys.argv[2]), own=True) as grader:
        while data := os.read(sys.stdin.fileno(), READ_BYTES):
            for message in reader.feed(data):
                if greeting is None:
                    greeting = message
                    answer: Any = _describe(message["verifier"])
                else:
                    answer = _judge(grader, greeting["verifier"], message)
                answers.write(encode(answer))
                answers.flush()


def _describe(name: str) -> dict[str, Any]:
    """The verifier as it stands here, and what it says of how it wants to be audited."""
    try:
        verifier = open_verifier(name, Tools(sandbox=open_backend), own=True)
    except GradingError as error:
        return {"error": str(error)}
    registration = registration_of(verifier)
    verifier.close()
    return {
        "name": registration.name,
        "version": registration.version,
        "code_hash": registration.code_hash,
        "bars": _plain(getattr(verifier, "audit_bars", None) or {}),
        "family": _plain(getattr(verifier, "audit_family", None)),
    }


def _judge(grader: LocalGrader, name: str, rows: list[tuple[str, Mapping[str, Any]]]) -> list[Any]:
    submissions = [
        Submission(id=str(place), verifier=name, response=response, reference=reference)
        for place, (response, reference) in enumerate(rows)
    ]
    return [_row(verdict) for verdict in grader.grade(submissions)]


def _row(verdict: Verdict) -> list[Any]:
    """Whatever the verifier said, unchecked: to check it is the audit's work."""
    return [str(verdict.status), _plain(verdict.reward), _plain(verdict.extracted), _plain(verdict.detail)]


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=repr))


if __name__ == "__main__":
    main()
