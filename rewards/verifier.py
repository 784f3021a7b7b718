"""The port that every verifier fits, and the one table of verifiers."""

import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

from rewards.errors import UnknownVerifier
from rewards.problem import Reference
from rewards.verdict import Verdict
from sandbox.backend import Backend


class Verifier(Protocol):
    """Judges one kind of answer. Called from several threads at once."""

    name: str
    version: str
    """Changes whenever a verdict could."""

    def verify(self, response: str, reference: Reference) -> Verdict:
        """Judge one response. Never hangs, and never raises for anything a response holds.

        Raises:
            BadReference: the reference does not have this verifier's form.
            GradingError: we failed (a worker died twice, the sandbox is gone).
        """
        ...

    def close(self) -> None:
        """Give back workers and the like. Safe to call twice."""
        ...


@runtime_checkable
class BatchVerifier(Protocol):
    """A verifier that judges many answers at once for less than one by one."""

    def verify_many(self, items: Sequence[tuple[str, Reference]]) -> list[Verdict | Exception]:
        """Judge each (response, reference) as `verify` does; one bad item stops no other.

        Returns, in order, a verdict, or the error that `verify` would have raised.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What a verifier is given to work with."""

    sandbox: Callable[[], Backend]
    """Opens the shared sandbox on first use, so that only who runs programs needs one.
    Raises `SandboxUnavailable`."""
    workers: int = 1
    """How many killable workers a verifier may keep."""


VERIFIERS: Final[dict[str, str]] = {
    "code": "rewards.verifiers.code:CodeVerifier",
    "code:all": "rewards.verifiers.code:AllTestsVerifier",
    "instruction": "rewards.verifiers.instruction:InstructionVerifier",
    "instruction:all": "rewards.verifiers.instruction:AllInstructionsVerifier",
    "math": "rewards.verifiers.mathematics:MathVerifier",
    "math:deepscaler": "rewards.verifiers.published_mathematics:DeepScalerVerifier",
    "math:math-verify": "rewards.verifiers.published_mathematics:MathVerifyVerifier",
    "math:prorl": "rewards.verifiers.published_mathematics:ProRLMathVerifier",
    "puzzle": "rewards.verifiers.puzzle:PuzzleVerifier",
    "puzzle:upstream": "rewards.verifiers.puzzle:UpstreamPuzzleVerifier",
    "stem": "rewards.verifiers.stem:StemVerifier",
    "scripted": "rewards.verifiers.scripted:ScriptedVerifier",
}
"""Name to `module:attribute`; each is called with `Tools`. `scripted` is the fake for tests."""


def open_verifier(name: str, tools: Tools, *, own: bool = False) -> Verifier:
    """Open the verifier called `name`.

    Args:
        name: a key of `VERIFIERS`; where `own` is true also a `module:attribute` of the user's.
        tools: what it may work with.
        own: whether `name` comes from a local recipe or command line. A request over HTTP may
            never name a module.

    Raises:
        UnknownVerifier: no such verifier.
    """
    target = VERIFIERS.get(name)
    if target is None and own and "." in name and ":" in name:
        target = name
    if target is None:
        known = ", ".join(sorted(set(VERIFIERS) - {"scripted"}))
        hint = ", or a 'module:attribute' of your own" if own else ""
        raise UnknownVerifier(f"no verifier {name!r}: have {known}{hint}")
    try:
        factory: Callable[[Tools], Verifier] = pkgutil.resolve_name(target)
    except (ImportError, AttributeError) as error:
        raise UnknownVerifier(f"verifier {name!r} cannot be loaded: {error}") from error
    return factory(tools)
