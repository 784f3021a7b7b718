"""Verifiers with one fault each, for the probe that must find it, and one without."""

import contextlib
import random
import subprocess
import sys
from typing import Any, ClassVar

from rewards.errors import BadReference
from rewards.problem import Reference
from rewards.verdict import Outcome, Verdict, share_verdict
from rewards.verifier import Tools


class Sound:
    """Right where the response, blanks aside, is the reference's answer or one of its other spellings."""

    name = "sound"
    version = "1"
    audit_bars: ClassVar[dict[str, Any]] = {}

    def __init__(self, tools: Tools) -> None:
        pass

    def verify(self, response: str, reference: Reference) -> Verdict:
        gold = reference.get("answer")
        if not isinstance(gold, str) or not gold:
            raise BadReference("'answer' is a text")
        if not response.strip():
            return Verdict(status=Outcome.NO_ANSWER, reward=0.0)
        return share_verdict(float(self.right(response, gold)), extracted=response.strip())

    def right(self, response: str, gold: str) -> bool:
        return " ".join(response.split()).lower() == " ".join(gold.split()).lower()

    def close(self) -> None:
        pass


class LikesSevens(Sound):
    def right(self, response: str, gold: str) -> bool:
        return response.strip() == "7" or super().right(response, gold)


class LikesJunk(Sound):
    def right(self, response: str, gold: str) -> bool:
        return "model" in response or super().right(response, gold)


class LikesNothing(Sound):
    def verify(self, response: str, reference: Reference) -> Verdict:
        verdict = super().verify(response, reference)
        return share_verdict(1.0) if verdict.status is Outcome.NO_ANSWER else verdict


class LikesLists(Sound):
    def right(self, response: str, gold: str) -> bool:
        return gold.lower() in response.lower().split()


class LikesLength(Sound):
    def right(self, response: str, gold: str) -> bool:
        return len(response) > 50_000 or super().right(response, gold)


class Lenient(Sound):
    def right(self, response: str, gold: str) -> bool:
        return response.strip()[:1] == gold[:1]


class OneSided(Sound):
    def right(self, response: str, gold: str) -> bool:
        return gold.startswith(response.strip())


class Strict(Sound):
    def right(self, response: str, gold: str) -> bool:
        return response == gold


class Blind(Sound):
    def right(self, response: str, gold: str) -> bool:
        return False


class Moody(Sound):
    def right(self, response: str, gold: str) -> bool:
        return random.random() < 0.5


class Evaluates(Sound):
    def right(self, response: str, gold: str) -> bool:
        with contextlib.suppress(BaseException):
            eval(response)  # noqa: S307 - the fault that is to be found
        return super().right(response, gold)


class Hangs(Sound):
    def right(self, response: str, gold: str) -> bool:
        while response == "9**9**9**9":
            pass
        return super().right(response, gold)


class Dies(Sound):
    def right(self, response: str, gold: str) -> bool:
        if response == "9**9**9**9":
            sys.exit("I give up")
        return super().right(response, gold)


class Dazed(Sound):
    dazed = False

    def right(self, response: str, gold: str) -> bool:
        dazed, self.dazed = self.dazed, len(response) > 50_000
        return not dazed and super().right(response, gold)


class Hoards(Sound):
    audit_bars: ClassVar[dict[str, Any]] = {"memory": 200}

    def right(self, response: str, gold: str) -> bool:
        held = bytearray(300 * 1024 * 1024) if response == "9**9**9**9" else b""
        held[::4096] if held else None
        return super().right(response, gold)


class SaysZero(Sound):
    def verify(self, response: str, reference: Reference) -> Verdict:
        try:
            return super().verify(response, reference)
        except BadReference:
            return share_verdict(0.0)


class Raises(Sound):
    def right(self, response: str, gold: str) -> bool:
        if "?" in response:
            raise RuntimeError("a question")
        return super().right(response, gold)


class OffTheList(Sound):
    def verify(self, response: str, reference: Reference) -> Verdict:
        verdict = super().verify(response, reference)
        status: Any = "splendid" if verdict.reward else verdict.status
        return Verdict(status=status, reward=verdict.reward)


class Tolerant(LikesSevens):
    audit_bars: ClassVar[dict[str, Any]] = {"constant": [None, "sevens are fine"]}


class Vague(Sound):
    audit_bars: ClassVar[dict[str, Any]] = {"constant": "low"}


class Misspelt(Sound):
    audit_bars: ClassVar[dict[str, Any]] = {"constants": 0.1}


class TrustsExitCodes(Sound):
    """Runs a program with its assertions behind it, and believes the exit code."""

    audit_family = "code"

    def verify(self, response: str, reference: Reference) -> Verdict:
        program = response.removeprefix("```python\n").removesuffix("\n```")
        test = f"assert {reference['entry_point']}({reference['given']}) == {reference['wanted']}"
        done = subprocess.run(
            [sys.executable, "-I", "-c", f"{program}\n{test}"], capture_output=True, timeout=5, check=False
        )
        return share_verdict(float(done.returncode == 0))
