"""The hostile corpus. An ordinary user to whom namespaces are refused: Landlock and a filter alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.hostile_suite import PROGRAMS, Arena, Hostile, arena

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def opened() -> Iterator[Arena]:
    with arena("landlock") as opened:
        yield opened


TOGETHER = "slots_thread_exhaustion.py"
"""Where nothing but the user's own number tells slots apart, the kernel counts their threads together."""


@pytest.mark.parametrize(
    "program", [each for each in PROGRAMS if each.name != TOGETHER], ids=lambda program: program.name
)
def test_nothing_gets_out_and_the_next_program_is_right(program: Hostile, opened: Arena) -> None:
    opened.endure(program)


def test_what_is_let_pass_is_said_in_the_documents() -> None:
    assert TOGETHER in {program.name for program in PROGRAMS}
    text = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")
    assert f"`{TOGETHER}`" in text
