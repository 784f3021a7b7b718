"""A task for workers under test: does to its worker what the item says."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Any


def obey(item: dict[str, Any]) -> Any:  # noqa: C901 - a list of deeds
    match item["do"]:
        case "echo":
            return item["value"]
        case "pid":
            return os.getpid()
        case "spin":
            while True:
                pass
        case "burn":
            while time.process_time() < item["seconds"]:
                pass
            return "burnt"
        case "sleep":
            time.sleep(item["seconds"])
        case "eat":
            return len(bytearray(1 << 40))
        case "die":
            os._exit(3)
        case "raise":
            raise SystemExit("an item may raise even this")
        case "print":
            print("noise")  # noqa: T201 - libraries do
            return "quiet"
        case "garbage":
            for descriptor in range(3, 20):
                with suppress(OSError):
                    os.write(descriptor, b"\xff" * 64)
            signal.pause()
        case "write":
            Path(item["path"]).write_text("written", encoding="utf-8")
    return None


def not_json(item: object) -> object:
    return {1, 2}
