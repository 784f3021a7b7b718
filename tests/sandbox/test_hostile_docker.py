"""The hostile corpus. Warm containers of a Docker daemon of the tests' own."""

from collections.abc import Iterator

import pytest

from tests.sandbox.docker_engine import IMAGE_SECONDS, docker_engine
from tests.sandbox.hostile_suite import PROGRAMS, Arena, Hostile, arena

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.service,
    pytest.mark.slow,
    pytest.mark.timeout(IMAGE_SECONDS + 120),
]


@pytest.fixture(scope="module")
def opened() -> Iterator[Arena]:
    with docker_engine() as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", address)
        with arena("docker") as opened:
            yield opened


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_nothing_gets_out_and_the_next_program_is_right(program: Hostile, opened: Arena) -> None:
    opened.endure(program)
