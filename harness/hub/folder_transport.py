"""A folder as a broker: kombu's file system transport with messages that are whole or not there.

kombu's own writes a message in place, so that a reader may see half of it and die, and takes one by
a copy across file systems, so that two readers may both have it. Here both are a rename within one
folder. Messages are wake-up calls only: what must not be lost is in the database.
"""

import json
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any, Final

from kombu.transport import TRANSPORT_ALIASES, filesystem

SCHEME: Final = "harness-folder"
POLLING_SECONDS: Final = 0.02


class FolderChannel(filesystem.Channel):
    """Puts and gets messages by rename, in the order in which they were put."""

    def _put(self, queue: str, payload: Any, **_: Any) -> None:  # type: ignore[override]  # as filesystem.Channel
        whole = Path(self.data_folder_out) / f"{time.monotonic_ns():020}_{uuid.uuid4()}.{queue}.msg"
        draft = whole.with_suffix(".draft")
        draft.write_text(json.dumps(payload), encoding="utf-8")
        draft.rename(whole)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        del timeout  # the transport polls
        for waiting in sorted(Path(self.data_folder_in).glob(f"*.{queue}.msg")):
            taken = Path(self.processed_folder) / waiting.name
            try:
                waiting.rename(taken)
            except FileNotFoundError:  # another reader was first
                continue
            text = taken.read_text(encoding="utf-8")
            taken.unlink()
            return json.loads(text)
        raise Empty


class FolderTransport(filesystem.Transport):
    """What a URL with the scheme `SCHEME` opens, once `folder_options` was called."""

    Channel = FolderChannel


def folder_options(folder: Path) -> dict[str, Any]:
    """Make the broker's folders under `folder`, and give the transport options that name them."""
    TRANSPORT_ALIASES[SCHEME] = f"{__name__}:{FolderTransport.__name__}"
    places = {name: folder / name for name in ("messages", "taken", "control")}
    for place in places.values():
        place.mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(places["messages"]),
        "data_folder_out": str(places["messages"]),
        "processed_folder": str(places["taken"]),
        "control_folder": str(places["control"]),
        "polling_interval": POLLING_SECONDS,
    }
