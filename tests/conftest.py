"""What every test runs under: one thread, no state of the user's, repeatable random cases."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

os.environ["OMP_NUM_THREADS"] = "1"  # before torch is imported: small models are fastest so
for name in ("HARNESS_HOME", "HARNESS_DATABASE_URL", "HARNESS_BROKER_URL"):
    os.environ.pop(name, None)  # a developer's own database is not to be tested against

settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All state that a test makes lies in a folder of its own."""
    monkeypatch.setenv("HARNESS_HOME", str(tmp_path / "home"))
