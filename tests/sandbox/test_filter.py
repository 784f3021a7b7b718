"""The filter assembler, by what the kernel then does."""

import os
import struct
import subprocess
import sys

import pytest

from sandbox.errors import SandboxUnavailable
from sandbox.refusals import program_filter, worker_filter
from sandbox.seccomp import ALLOW, Argument, Holds, Rule, assemble
from sandbox.syscalls import NUMBERS


@pytest.mark.parametrize(
    ("holds", "value", "refused"),
    [
        (Holds.EQUAL, 6, [6]),
        (Holds.DIFFERS, 6, [0, 2, 5, 7]),
        (Holds.HAS_ANY, 6, [2, 5, 6, 7]),
        (Holds.HAS_NONE, 6, [0]),
    ],
)
def test_a_test_of_an_argument_means_what_it_says(holds: Holds, value: int, refused: list[int]) -> None:
    """`kill(0, n)` to the own group, with n no real signal, answers EINVAL or what the filter says."""
    numbers = (0, 2, 5, 6, 7)
    source = f"""
import errno, os
from sandbox.inside import kernel
from sandbox.seccomp import *
from sandbox.syscalls import NUMBERS
number = dict(x86_64=NUMBERS['setpriority'][0], aarch64=NUMBERS['setpriority'][1])[os.uname().machine]
test = Argument(1, Holds.{holds.name}, {value})
kernel.install_filter(assemble([Rule('setpriority', errno.EXDEV, (test, Argument(0, Holds.EQUAL, 99)))]))
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for value in {numbers}:
    libc.syscall(number, 99, value, 0)
    if ctypes.get_errno() == errno.EXDEV: print(value)
"""
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, timeout=60, check=True
    )
    assert [int(line) for line in done.stdout.split()] == refused


def test_a_program_ends_in_allow_and_its_jumps_stay_inside() -> None:
    for program in (program_filter(), worker_filter(os.getpid()), assemble([])):
        instructions = list(struct.iter_unpack("=HBBI", program))
        refuses = program == program_filter()
        assert instructions[-1] == (0x06, 0, 0, 0x50001 if refuses else ALLOW)
        assert len(instructions) < 4096
        for position, (code, yes, no, _) in enumerate(instructions):
            if code & 0x07 == 0x05:
                assert position + 1 + max(yes, no) < len(instructions)


def test_the_first_rule_that_holds_decides() -> None:
    rules = [Rule("kill", 1, (Argument(0, Holds.EQUAL, 5),)), Rule("kill", 2)]
    errors = [k & 0xFFFF for code, _, _, k in struct.iter_unpack("=HBBI", assemble(rules)) if code == 0x06]
    assert errors[-3:-1] == [1, 2]


def test_no_number_is_given_twice() -> None:
    for column in (0, 1):
        numbers = [pair[column] for pair in NUMBERS.values() if pair[column] is not None]
        assert len(numbers) == len(set(numbers))


def test_a_machine_without_numbers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    named = os.uname()
    strange = os.uname_result((*named[:4], "riscv64"))
    monkeypatch.setattr(os, "uname", lambda: strange)
    with pytest.raises(SandboxUnavailable, match="'riscv64': have x86_64, aarch64"):
        assemble([])
