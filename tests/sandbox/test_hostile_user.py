"""The hostile corpus. An ordinary user, with namespaces and without a cgroup."""

from collections.abc import Iterator

import pytest

from tests.sandbox.hostile_suite import PROGRAMS, Arena, Hostile, arena

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def opened() -> Iterator[Arena]:
    with arena("user") as opened:
        yield opened


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_nothing_gets_out_and_the_next_program_is_right(program: Hostile, opened: Arena) -> None:
    opened.endure(program)
