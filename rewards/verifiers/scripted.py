"""The fake verifier: it says what its reference tells it to say.

For tests of whatever stands around a verifier. It judges nothing.
"""

import time

from rewards.errors import BadReference, GradingError
from rewards.problem import Reference
from rewards.verdict import Outcome, Verdict, share_verdict
from rewards.verifier import Tools


class ScriptedVerifier:
    """Reference: `{"reward"?: in [0, 1], "answer"?: TEXT, "sleep_seconds"?: S, "fail"?: REASON}`.

    Sleeps first where told to, then fails as our own fault with `fail`, gives `reward`, or else 1
    where the stripped response equals `answer` and 0 where not. `"starve": true` raises MemoryError;
    `detail` is given back as it is.
    """

    name = "scripted"
    version = "1"

    def __init__(self, tools: Tools) -> None:
        """Need nothing."""

    def verify(self, response: str, reference: Reference) -> Verdict:
        """Follow the script."""
        extracted = response.strip()
        reward = reference.get("reward", float(extracted == reference.get("answer")))
        if not {"reward", "answer", "fail", "starve"} & reference.keys():
            raise BadReference("a 'scripted' reference has one of 'reward', 'answer', 'fail' and 'starve'")
        if not isinstance(reward, int | float) or not 0 <= reward <= 1:
            raise BadReference(f"'reward' is a number in [0, 1], not {reward!r}")
        time.sleep(reference.get("sleep_seconds", 0))
        if "fail" in reference:
            raise GradingError(str(reference["fail"]))
        if reference.get("starve"):
            raise MemoryError
        if not extracted:
            return Verdict(status=Outcome.NO_ANSWER, reward=0.0)
        return share_verdict(float(reward), extracted=extracted, detail=reference.get("detail"))

    def close(self) -> None:
        """Hold nothing."""
