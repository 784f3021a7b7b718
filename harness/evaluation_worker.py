"""The child that measures checkpoints beside the training: one JSON job a line in, messages out.

First line in: `{"home", "recipe", "run_id", "hub"}`. Then jobs `{"step", "model", "set"}`. Lines out:
`{"done", "total"}`, at a job's end with `"finished": true` and `"pass@1"`, or `{"error"}`. It ends with
its parent: when its standard input closes.
"""

import json
import os
import queue
import sys
import threading
from pathlib import Path
from typing import Any, TextIO

from db.errors import StoreError
from evals.errors import EvalError
from harness.errors import HarnessError
from harness.evaluator import pass_1
from harness.wiring import CheckpointBench
from rewards.errors import GradingError
from sandbox.errors import SandboxError

OURS = (HarnessError, EvalError, StoreError, GradingError, SandboxError, OSError)


def main() -> None:
    """Serve jobs until standard input closes."""
    # Libraries print; the messages have a way of their own.
    messages = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(lines,), daemon=True).start()
    greeting = json.loads(lines.get())
    bench = CheckpointBench(
        home=Path(greeting["home"]),
        recipe=greeting["recipe"],
        run_id=greeting["run_id"],
        hub=greeting["hub"],
    )
    while True:
        job = json.loads(lines.get())
        last = {"done": 0, "total": 1}

        def progress(done: int, total: int, last: dict[str, int] = last) -> None:
            last.update(done=done, total=total)
            _write(messages, last)

        try:
            report = bench.measure(
                step=job["step"], folder=Path(job["model"]), set_name=job["set"], progress=progress
            )
        except OURS as error:
            _write(messages, {"error": str(error)})
        else:
            end = {"done": last["total"], "total": last["total"], "finished": True, "pass@1": pass_1(report)}
            _write(messages, end)


def _read(lines: "queue.SimpleQueue[str]") -> None:
    for line in sys.stdin:
        lines.put(line)
    # The parent is gone; what is half done is kept and goes on with the next command.
    os._exit(0)


def _write(messages: TextIO, message: dict[str, Any]) -> None:
    messages.write(json.dumps(message) + "\n")


if __name__ == "__main__":
    main()
