"""Writes tests/rewards/verifiers.lock: the sources and version of every shipped verifier. `make lock`.

A verifier whose sources changed needs another `version`, unless no verdict can have changed: then say
`--same-verdicts`.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from rewards.registration import registration_of
from rewards.verifier import VERIFIERS, Tools, open_verifier
from sandbox.backend import open_backend

LOCK = Path(__file__).resolve().parents[1] / "tests" / "rewards" / "verifiers.lock"

Locked = dict[str, dict[str, Any]]
"""`version` and `source_hash` by verifier."""


def present() -> Locked:
    """The shipped verifiers as they are here."""
    tools = Tools(sandbox=open_backend)  # opening a verifier opens no sandbox
    found = {}
    for name in sorted(VERIFIERS):
        verifier = open_verifier(name, tools)
        registration = registration_of(verifier)
        verifier.close()
        found[name] = {"version": registration.version, "source_hash": registration.source_hash}
    return found


def unnamed_changes(now: Locked, locked: Locked) -> list[str]:
    """Verifiers whose sources are others under the version that is locked."""
    return [
        name
        for name, values in now.items()
        if name in locked and values != locked[name] and values["version"] == locked[name]["version"]
    ]


def main() -> str | None:
    """Write the lock, or say why not."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--same-verdicts", action="store_true", help="no verdict can have changed")
    same_verdicts = arguments.parse_args().same_verdicts
    now = present()
    unnamed = unnamed_changes(now, json.loads(LOCK.read_text(encoding="utf-8"))) if LOCK.exists() else []
    if unnamed and not same_verdicts:
        return (
            f"other sources under the same version: {', '.join(unnamed)}. Change `version` in their classes, "
            "or say --same-verdicts where no verdict can have changed"
        )
    LOCK.write_text(json.dumps(now, indent=2) + "\n", encoding="utf-8")
    return None


if __name__ == "__main__":
    raise SystemExit(main())
