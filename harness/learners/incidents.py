"""Updates that were left out because their loss or gradient was not finite: written down, and counted."""

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from harness.errors import TrainingError


class Incidents:
    """The left-out updates of one run."""

    def __init__(
        self,
        folder: Path | None = None,
        *,
        limit: int = 3,
        last_good: Callable[[], str] = lambda: "none is known here",
    ) -> None:
        """Write them to `folder`, if there is one, and stop after `limit` in a row.

        `last_good` says where the newest whole checkpoint lies.
        """
        self._folder = folder
        self._limit = limit
        self._last_good = last_good
        self.in_a_row = 0
        """Left out since the last update that was done."""

    def clear(self) -> None:
        """An update was done."""
        self.in_a_row = 0

    def keep(self, name: str, report: Mapping[str, Any]) -> None:
        """Write down an update that was left out, as `name`.json; numbers that are not finite become text.

        Raises:
            TrainingError: it was the last of too many in a row.
        """
        self.in_a_row += 1
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            text = json.dumps(_strict(report), allow_nan=False)
            (self._folder / f"{name}.json").write_text(text, encoding="utf-8")
        if self.in_a_row >= self._limit:
            raise TrainingError(
                f"{self.in_a_row} updates in a row had a loss or gradient that is not finite "
                f"(written down under {self._folder or 'no folder'}); none of them was done. "
                f"The last good checkpoint: {self._last_good()}"
            )


def _strict(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {key: _strict(each) for key, each in value.items()}
    return [_strict(each) for each in value] if isinstance(value, list | tuple) else value
