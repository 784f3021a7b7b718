"""One of the maths graders that pip brings, as a process that answers rows, for `benchmarks.verifiers`.

`PYTHON peers.py NAME` reads lines `{"gold", "answer"}` and writes a line `{"equal"}` for each. It runs in an
environment of its own and imports nothing of ours. There, `pip install inspect-ai math-verify
antlr4-python3-runtime==4.11.1 pylatexenc torch`, then `pip install --no-deps verl`.

verl's graders are called without its packages' own imports, which want a GPU stack. Its `prime_math` runs
answers as Python: use a machine that may be lost.
"""

import asyncio
import importlib
import importlib.util
import json
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

Judge = Callable[[str, str], bool]


def main() -> None:
    """Answer rows until there are no more."""
    judge = PEERS[sys.argv[1]]()
    answers = sys.stdout
    sys.stdout = sys.stderr  # graders print
    for line in sys.stdin:
        row = json.loads(line)
        try:
            equal = bool(judge(row["gold"], row["answer"]))
        except Exception:  # noqa: BLE001 - a grader that raises has not accepted
            equal = False
        answers.write(json.dumps({"equal": equal}) + "\n")
        answers.flush()


def _inspect() -> Judge:
    scorers, models = (
        importlib.import_module("inspect_ai.scorer"),
        importlib.import_module("inspect_ai.model"),
    )
    states = importlib.import_module("inspect_ai.solver")
    score = scorers.math()

    def judge(gold: str, answer: str) -> bool:
        output = models.ModelOutput.from_content("a/b", answer)
        state = states.TaskState(model="a/b", sample_id=1, epoch=1, input="q", messages=[], output=output)
        given = loop.run_until_complete(score(state, scorers.Target(gold)))
        return bool(given.value == "C")

    loop = asyncio.new_event_loop()
    return judge


def _verl(module: str) -> Judge:
    spec = importlib.util.find_spec("verl")
    if spec is None or spec.origin is None:
        raise SystemExit("verl is not installed")
    for name in ("verl", "verl.utils", "verl.utils.reward_score"):
        package = types.ModuleType(name)
        package.__path__ = [str(Path(spec.origin).parent.joinpath(*name.split(".")[1:]))]
        sys.modules[name] = package
    grader = importlib.import_module(f"verl.utils.reward_score.{module}")

    def judge(gold: str, answer: str) -> bool:
        given: Any = grader.compute_score(answer, gold)
        given = given["acc"] if isinstance(given, dict) else given
        return bool((given[0] if isinstance(given, tuple) else given) > 0)

    return judge


PEERS: dict[str, Callable[[], Judge]] = {
    "inspect_ai": _inspect,
    "verl prime_math": lambda: _verl("prime_math"),
    "verl math_reward": lambda: _verl("math_reward"),
    "verl math_dapo": lambda: _verl("math_dapo"),
}


if __name__ == "__main__":
    main()
