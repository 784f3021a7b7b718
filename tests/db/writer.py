"""A process that writes to a store as a trainer or an evaluator does: `python -m tests.db.writer WHO URL`."""

import os
import signal
import sys
from dataclasses import replace

from db.store import Store, open_store
from tests.db.material import BENCHMARK, SAMPLING, group

STEPS = 20
GROUPS = 8


class Deadly:
    """Ends its process the moment that it is turned into JSON, in the middle of a writing unit."""

    def __str__(self) -> str:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


def train(store: Store, *, dies_at: int = -1) -> None:
    """Keep `STEPS` steps of `GROUPS` groups of four; the step `dies_at` is never finished."""
    for step in range(1, STEPS + 1):
        rollouts = [each for number in range(GROUPS) for each in group(step + number)]
        if step == dies_at:
            last = rollouts[-1]
            rollouts[-1] = replace(last, verdict=replace(last.verdict, detail={"deadly": Deadly()}))
        store.keep_step(run_id="r", step=step, metrics={}, timings={}, kept=rollouts, dropped=[])


def evaluate(store: Store) -> None:
    """Keep `STEPS` problems, in as many units."""
    state = store.begin_evaluation(
        model="m", run_id="r", step=0, benchmark=BENCHMARK, version="v", sampling=SAMPLING
    )
    for number in range(STEPS):
        store.keep_evaluation_rollouts(state.id, group(number))


if __name__ == "__main__":
    who, url = sys.argv[1:]
    with open_store(url) as opened:
        if who == "evaluator":
            evaluate(opened)
        else:
            train(opened, dies_at=STEPS // 2 if who == "doomed-trainer" else -1)
