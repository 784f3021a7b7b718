"""How long a trainer waits for rewards that take 50 ms an answer: graded as each ends, and after the batch.

`python -m benchmarks.reward_overlap [--steps 3] [--sleep 0.05]` draws steps of 8 prompts x 8 completions from
a small random Qwen2, whose completions end after 1 to 192 tokens, and has each answer judged by a verifier
that sleeps. It prints the median seconds a step in which the trainer does nothing but wait for rewards: for
this harness with one batch and with two batches graded at once (two is the default of `rewards.clerks`), and
for a reward function of TRL's GRPOTrainer that sleeps as long for each completion, where TRL can be imported
(`pip install trl==1.16.0 datasets==5.2.0`).
"""

import argparse
import importlib.util
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from harness.collection import Collector
from harness.config import Model, WarmStart
from harness.curation import Pool, ProblemMix
from harness.engines.huggingface import HuggingFaceEngine
from harness.engines.policy import load_policy
from harness.learners.warm_start import new_policy
from harness.recipe import parse_recipe
from harness.stopwatch import Stopwatch
from rewards.grader import LocalGrader
from rewards.problem import Domain, Problem

PROMPTS, GROUP, MAX_TOKENS = 8, 8, 192
SIZE = WarmStart(hidden_size=128, layers=4, heads=4, key_value_heads=2, intermediate_size=384)


def main() -> None:
    """Measure both with the same model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--sleep", type=float, default=0.05)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model"
        new_policy(SIZE, [], seed=0).export(model)
        waits = {}
        for clerks in (1, 2):
            waits[clerks] = measure_own(model, clerks=clerks, steps=arguments.steps, sleep=arguments.sleep)
        if importlib.util.find_spec("trl") is None:
            print("TRL is not installed here")  # noqa: T201 - what it is for
            return
        peer = measure_trl(model, Path(folder) / "out", steps=arguments.steps, sleep=arguments.sleep)
        print(f"{'TRL, reward function':32} wait {peer:6.2f} s")  # noqa: T201
        for clerks, wait in waits.items():
            print(f"with {clerks} at once we wait {wait / peer:.2f} as long as TRL")  # noqa: T201


def measure_own(model: Path, *, clerks: int, steps: int, sleep: float) -> float:
    """Median seconds a step spent on nothing but waiting for rewards."""
    engine = HuggingFaceEngine(load_policy(Model(name=str(model)), threads=1))
    problems = tuple(
        Problem(
            domain=Domain.LOGIC,
            prompt=f"Question {number}",
            verifier="scripted",
            reference={"reward": 1.0, "sleep_seconds": sleep},
            source="sleeper",
        )
        for number in range(PROMPTS)
    )
    config = parse_recipe(
        {
            "name": "overlap",
            "steps": steps,
            "model": {"name": str(model)},
            "data": [{"source": "scripted"}],
            "rollout": {"n": GROUP, "prompts": PROMPTS, "max_tokens": MAX_TOKENS, "temperature": 1.0},
            "dynamic_sampling": {"enabled": False},
            "rewards": {"clerks": clerks},
        }
    )
    seconds: list[dict[str, float]] = []
    with LocalGrader(sandbox="scripted") as grader:
        mix = ProblemMix([Pool(problems=problems, weight=1)], seed=0)
        collector = Collector(config=config, mix=mix, engine=engine, grader=grader)
        for step in range(1, steps + 1):
            watch = Stopwatch()
            collector.collect(step, watch)
            seconds.append(watch.seconds)
    median = {
        name: statistics.median(each[name] for each in seconds)
        for name in ("rollout", "reward", "reward_wait")
    }
    print(  # noqa: T201
        f"{f'ours, {clerks} at once':32} wait {median['reward_wait']:6.2f} s  "
        f"(generation {median['rollout']:.2f} s, grading {median['reward']:.2f} s)"
    )
    return median["reward_wait"]


def measure_trl(model: Path, folder: Path, *, steps: int, sleep: float) -> float:
    """Median seconds a step that TRL spends in a reward function which sleeps for each completion."""
    from datasets import Dataset  # noqa: PLC0415 - not a dependency of ours
    from trl.trainer.grpo_config import GRPOConfig  # noqa: PLC0415
    from trl.trainer.grpo_trainer import GRPOTrainer  # noqa: PLC0415

    waits: list[float] = []

    def reward(completions: list[str], **_: Any) -> list[float | None]:
        begun = time.perf_counter()
        for _completion in completions:
            time.sleep(sleep)
        waits.append(time.perf_counter() - begun)
        return [float(len(completion) % 2) for completion in completions]

    trainer = GRPOTrainer(
        model=str(model),
        reward_funcs=reward,
        train_dataset=Dataset.from_list([{"prompt": f"Question {number}"} for number in range(PROMPTS)]),
        args=GRPOConfig(
            output_dir=str(folder),
            use_cpu=True,
            bf16=False,
            gradient_checkpointing=False,
            per_device_train_batch_size=PROMPTS * GROUP,
            num_generations=GROUP,
            max_completion_length=MAX_TOKENS,
            max_steps=steps,
            temperature=1.0,
            top_k=0,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            logging_steps=1000,
        ),
    )
    trainer.train()
    return statistics.median(waits)


if __name__ == "__main__":
    main()
