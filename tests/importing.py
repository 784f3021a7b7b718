"""A data set over the scripted verifier, and `python -m tests.importing HOME FILE`, which imports it.

The process prints the most memory it held, in KiB.
"""

import os
import re
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evals.dataset import Canary, Candidate, Card, Column
from harness.commands.importing import ImportRequest, import_dataset
from rewards.problem import Domain

NAME = "tests.importing:Sums"


class Sums:
    """`question` and `answer`; `fail` makes the verifier fail, `kill` ends the process if MAY_KILL is set."""

    card = Card(
        name="sums",
        rows=10,
        columns={"question": Column(kind="text"), "answer": Column(kind="text")},
        licence="none",
        domain=Domain.MATH,
        verifier="scripted",
        reward="binary",
        template="Sum up. {question}",
        canary=Canary(response="1", reference={"answer": "1"}),
    )

    def candidate(self, row: Mapping[str, Any]) -> Candidate | None:
        if "kill" in row and os.environ.get("MAY_KILL"):
            os.kill(os.getpid(), signal.SIGKILL)
        if row.get("other"):
            return None
        failing = {"fail": row["fail"]} if "fail" in row else {}
        return Candidate(
            question=row["question"],
            reference={"answer": row["answer"], **failing},
            golds={"its own answer": row.get("gold", row["answer"])},
            junk={"nothing": "nothing"},
        )


class SickSums(Sums):
    """The same, with a verifier that accepts nothing: its canary dies."""

    card = Card(
        **{name: getattr(Sums.card, name) for name in Sums.card.__slots__ if name != "canary"},
        canary=Canary(response="1", reference={"fail": "the grader is away"}),
    )


def request(file: Path, *, name: str = NAME, limit: int | None = None, fresh: bool = False) -> ImportRequest:
    return ImportRequest(
        name=name,
        origin=str(file),
        limit=limit,
        against=(),
        fresh=fresh,
        sandbox="scripted",
        workers=1,
        dry_run=False,
    )


if __name__ == "__main__":
    import_dataset(request(Path(sys.argv[2])), Path(sys.argv[1]))
    # Unlike getrusage's, this peak is not handed on by whoever started the process.
    status = Path("/proc/self/status").read_text()
    sys.stdout.write(re.search(r"VmHWM:\s*(\d+) kB", status)[1] + "\n")  # type: ignore[index]
