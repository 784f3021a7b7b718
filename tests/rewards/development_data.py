"""Development cases from public projects, which lie beside the project and not in it."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

DATA = Path(os.environ.get("HARNESS_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")


def development_rows(name: str) -> list[dict[str, Any]]:
    """The rows of one file; where the data is not here, the test that asks for it is skipped."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"no development data at {path}: HARNESS_DATA says where it is")
    content = path.read_bytes()
    text = gzip.decompress(content) if path.suffix == ".gz" else content
    return [json.loads(line) for line in text.splitlines()]
