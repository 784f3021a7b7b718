"""System-call filters: a small assembler for seccomp's BPF, for x86-64 and arm64.

A filter is a list of rules, then for an allow-list the calls that are allowed as they are, then a
default. Foreign system-call tables (32-bit calls, x32) are always answered by death. Does not look behind
pointers, which seccomp cannot: a path is never judged here, only flags and numbers.
"""

import errno
import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from sandbox.errors import SandboxUnavailable
from sandbox.syscalls import NUMBERS

ALLOW: Final = 0x7FFF0000
KILL: Final = 0x80000000
_ERRNO: Final = 0x00050000

_LOAD: Final = 0x20  # BPF_LD | BPF_W | BPF_ABS
_EQUAL: Final = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_AT_LEAST: Final = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_ANY_BIT: Final = 0x45  # BPF_JMP | BPF_JSET | BPF_K
_RETURN: Final = 0x06

_MACHINES: Final = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""Machine to its column in `NUMBERS` and its AUDIT_ARCH word."""

_X32_BIT: Final = 0x40000000

LET: Final = -1
"""In the place of an errno: let the call through."""


class Holds(Enum):
    """How a test compares the low 32 bits of an argument with its value."""

    EQUAL = "equal"
    DIFFERS = "differs"
    HAS_ANY = "has any bit of"
    HAS_NONE = "has no bit of"


@dataclass(frozen=True, slots=True)
class Argument:
    """A test of one argument of a call, 0 the first; only its low 32 bits are looked at."""

    index: int
    holds: Holds
    value: int

    def assembled(self, otherwise: int) -> bytes:
        """Two instructions that go on if the test holds and else skip `otherwise` more."""
        load = _instruction(_LOAD, 16 + 8 * self.index)
        code = _EQUAL if self.holds in (Holds.EQUAL, Holds.DIFFERS) else _ANY_BIT
        if self.holds in (Holds.EQUAL, Holds.HAS_ANY):
            return load + _instruction(code, self.value, no=otherwise)
        return load + _instruction(code, self.value, yes=otherwise)


@dataclass(frozen=True, slots=True)
class Rule:
    """Answer the call `name` by `error` (an errno, or `LET`) where every test holds.

    An errno of 0 makes the call succeed without being made.
    """

    name: str
    error: int = errno.EPERM
    tests: tuple[Argument, ...] = ()

    def assembled(self, number: int) -> bytes:
        """Instructions that expect the call's number loaded, and leave it loaded."""
        answer = _instruction(_RETURN, ALLOW if self.error == LET else _ERRNO | self.error)
        if not self.tests:
            return _instruction(_EQUAL, number, no=1) + answer
        body = b""
        for position, test in enumerate(self.tests):
            remaining = len(self.tests) - position - 1
            body += test.assembled(otherwise=2 * remaining + 1)
        body += answer + _instruction(_LOAD, 0)
        return _instruction(_EQUAL, number, no=len(body) // 8) + body


def refuse(names: str, error: int = errno.EPERM) -> list[Rule]:
    """One unconditional rule for each of the space-separated `names`."""
    return [Rule(name, error) for name in names.split()]


def allow(name: str, *tests: Argument) -> Rule:
    """Let the call through where every test holds."""
    return Rule(name, LET, tests)


def assemble(rules: Iterable[Rule], allowed: str | None = None) -> bytes:
    """Turn rules into a BPF program for this machine; the first rule that holds decides.

    Args:
        rules: looked at first, in order.
        allowed: space-separated calls that are then let through; every other one is refused with
            EPERM, and one too new to be in `NUMBERS` with ENOSYS, so that libraries do without it.
            None lets through whatever no rule held for.

    Raises:
        SandboxUnavailable: there are no system-call numbers for this machine.
    """
    machine = os.uname().machine
    if machine not in _MACHINES:
        known = ", ".join(_MACHINES)
        raise SandboxUnavailable(f"no system-call filter for machine {machine!r}: have {known}")
    column, architecture = _MACHINES[machine]
    program = _instruction(_LOAD, 4)
    program += _instruction(_EQUAL, architecture, yes=1) + _instruction(_RETURN, KILL)
    program += _instruction(_LOAD, 0)
    if machine == "x86_64":
        program += _instruction(_AT_LEAST, _X32_BIT, no=1) + _instruction(_RETURN, KILL)
    for rule in rules:
        number = NUMBERS[rule.name][column]
        if number is not None:
            program += rule.assembled(number)
    if allowed is None:
        return program + _instruction(_RETURN, ALLOW)
    known_numbers = [pair[column] for pair in NUMBERS.values()]
    newest = max(number for number in known_numbers if number is not None)
    numbers = (NUMBERS[name][column] for name in allowed.split())
    program += _let_through(sorted(number for number in numbers if number is not None))
    program += _instruction(_AT_LEAST, newest + 1, no=1) + _instruction(_RETURN, _ERRNO | errno.ENOSYS)
    return program + _instruction(_RETURN, _ERRNO | errno.EPERM)


def _let_through(numbers: list[int]) -> bytes:
    """Three instructions for each unbroken range of numbers."""
    program = b""
    first = 0
    for place, number in enumerate(numbers):
        if place + 1 == len(numbers) or numbers[place + 1] != number + 1:
            program += _instruction(_AT_LEAST, number + 1, yes=2)
            program += _instruction(_AT_LEAST, numbers[first], no=1)
            program += _instruction(_RETURN, ALLOW)
            first = place + 1
    return program


def _instruction(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, value)
