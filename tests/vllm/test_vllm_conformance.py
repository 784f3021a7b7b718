"""vLLM goes through what every other engine goes through."""

from collections.abc import Iterator

import pytest

from harness.config import WarmStart
from harness.engines.port import RolloutEngine
from harness.engines.vllm_engine import VLLMEngine
from tests.conformance.test_engine import *  # noqa: F403 - the suite itself
from tests.harness.tiny_models import WIDE_HEADS, tiny_policy


@pytest.fixture  # type: ignore[no-redef]  # in the place of the suite's
def size() -> WarmStart:
    return WIDE_HEADS


@pytest.fixture  # type: ignore[no-redef]  # in the place of the suite's
def engine(size: WarmStart) -> Iterator[RolloutEngine]:
    engine = VLLMEngine(tiny_policy(size=size), batch_rows=8)
    yield engine
    engine.close()
