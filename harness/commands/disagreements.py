"""`harness verifiers disagreements`: the queue of disputed answers, and what its labels say."""

import getpass
import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from db.records import Disagreement, Label
from db.store import open_store
from evals.verifier_errors import Share, VerifierErrors, verifier_errors
from harness.errors import ConfigError
from harness.home import open_home
from harness.telemetry import open_console

SHOWN = 50
"""Open ones in the table; `--json` prints all."""
LONGEST_TEXT = 60


def list_disagreements(verifier: str | None, home: Path | None, *, as_json: bool) -> None:
    """Print the open part of the queue, and error rates over what is labelled."""
    with open_store(open_home(home).database_url) as store:
        found = store.disagreements(verifier)
    errors = _errors_by_verifier(found)
    if as_json:
        shown = {
            "disagreements": [_row(each) for each in found],
            "errors": {name: _errors_row(each) for name, each in errors.items()},
        }
        sys.stdout.write(json.dumps(shown) + "\n")
        return
    open_ones = [each for each in found if each.label is None]
    table = Table("id", "verifier", "gold", "answer", "says yes", "says no", "verdict", "seen", box=None)
    for each in open_ones[:SHOWN]:
        yes, no = (
            ", ".join(name for name, word in each.engines.items() if word is said) for said in (True, False)
        )
        table.add_row(
            str(each.id),
            each.verifier,
            _cell(each.gold),
            _cell(each.answer),
            yes,
            no,
            each.status.value,
            str(each.seen),
        )
    open_console().print(table)
    sys.stdout.write(f"{len(open_ones)} open, {len(found) - len(open_ones)} labelled\n")
    for name, each_errors in errors.items():
        sys.stdout.write(
            f"{name}: wrongly accepted {_words(each_errors.false_positives)}, "
            f"wrongly refused {_words(each_errors.false_negatives)}\n"
        )


def resolve_disagreement(id: int | None, label: str | None, home: Path | None) -> None:
    """Keep what a person says of a disputed answer.

    Raises:
        ConfigError: the id or the label is missing, or is none.
        StoreError: no such disagreement.
    """
    if id is None or label not in set(Label):
        raise ConfigError(f"say which and what: --resolve ID --label {' or '.join(Label)}")
    with open_store(open_home(home).database_url) as store:
        store.label_disagreement(id, Label(label), by=_who())
    sys.stdout.write(f"disagreement {id} is settled: the answer is {label}\n")


def _errors_by_verifier(found: Iterable[Disagreement]) -> dict[str, VerifierErrors]:
    """Over labelled answers that were judged, by verifier and version."""
    judged: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for each in found:
        if each.label is not None and each.reward is not None:
            judged[f"{each.verifier}@{each.version}"].append((each.reward > 0, each.label is Label.CORRECT))
    return {name: verifier_errors(pairs) for name, pairs in sorted(judged.items())}


def _row(each: Disagreement) -> dict[str, Any]:
    return {
        "id": each.id,
        "verifier": {"name": each.verifier, "version": each.version},
        "gold": each.gold,
        "answer": each.answer,
        "engines": dict(each.engines),
        "status": each.status.value,
        "reward": each.reward,
        "seen": each.seen,
        "first_seen_at": each.first_seen_at.isoformat(),
        "last_seen_at": each.last_seen_at.isoformat(),
        "label": each.label,
        "labelled_by": each.labelled_by,
        "labelled_at": each.labelled_at.isoformat() if each.labelled_at else None,
    }


def _errors_row(errors: VerifierErrors) -> dict[str, Any]:
    return {
        name: {
            "count": share.count,
            "total": share.total,
            "low": share.interval.low,
            "high": share.interval.high,
        }
        for name, share in (
            ("false_positives", errors.false_positives),
            ("false_negatives", errors.false_negatives),
        )
    }


def _words(share: Share) -> str:
    interval = share.interval
    return f"{share.count} of {share.total} (95 %: {interval.low:.2f} to {interval.high:.2f})"


def _cell(text: str) -> Text:
    """What a model wrote, on one short line and without what a terminal or Rich would act on."""
    line = "".join(each if each.isprintable() else "\ufffd" for each in " ".join(text.split()))
    return Text(line if len(line) <= LONGEST_TEXT else line[: LONGEST_TEXT - 3] + "...")


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return str(os.getuid())
