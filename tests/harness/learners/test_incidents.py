import json
from pathlib import Path

import pytest

from harness.errors import TrainingError
from harness.learners.incidents import Incidents


def test_an_incident_is_written_down_as_json_that_others_read(tmp_path: Path) -> None:
    Incidents(tmp_path / "incidents").keep(
        "one", {"grad_norm": float("nan"), "rows": [{"loss": float("inf")}, 1.5]}
    )
    text = (tmp_path / "incidents" / "one.json").read_text()
    assert json.loads(text, parse_constant=pytest.fail) == {
        "grad_norm": "nan",
        "rows": [{"loss": "inf"}, 1.5],
    }


def test_too_many_in_a_row_stop_with_the_last_good_checkpoint_named(tmp_path: Path) -> None:
    incidents = Incidents(tmp_path, limit=2, last_good=lambda: "step 40")
    incidents.keep("one", {})
    incidents.clear()
    incidents.keep("two", {})
    with pytest.raises(TrainingError, match=r"2 updates in a row .* The last good checkpoint: step 40"):
        incidents.keep("three", {})
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["one", "three", "two"]
