"""vLLM goes through what every other engine goes through."""

from collections.abc import Iterator

import pytest

from harness.config import WarmStart
from harness.engines.port import RolloutEngine
from harness.engines.vllm_engine import VLLMEngine
from tests.conformance.test_engine import *  # noqa: F403 - the suite itself
from tests.harness.tiny_models import WIDE_HEADS, tiny_policy


@pytest.fixture
def size() -> WarmStart:  # type: ignore[no-redef]  # in the place of the suite's
    return WIDE_HEADS


@pytest.fixture
def engine(size: WarmStart) -> Iterator[RolloutEngine]:  # type: ignore[no-redef]  # as above
    engine = VLLMEngine(tiny_policy(size=size), batch_rows=8)
    yield engine
    engine.close()
