"""How long one GRPO step takes, and how long TRL's GRPOTrainer takes for the same.

`python benchmarks/trainer.py [--steps 8] [--threads 1]` makes the demo's base model (or finds it), takes
steps of 16 prompts x 16 completions and 2 gradient updates with each, and prints medians of CPU
seconds. TRL is measured where it can be imported; it comes with the extra `dev`.
"""

import argparse
import importlib.util
import itertools
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals.rollout import Rollout
from evals.sampler import Completion, Sampling
from evals.source import open_source
from harness.advantage import group_mean_std
from harness.config import Model, WarmStart
from harness.engines.huggingface import HuggingFaceEngine
from harness.engines.policy import load_policy
from harness.group import Group, outcomes
from harness.learners.torch_learner import TorchLearner
from harness.learners.warm_start import build_base
from harness.learners.worked_answers import TASKS
from harness.learning import Loss, Optimizer
from rewards.problem import Problem
from rewards.verdict import share_verdict

PROMPTS, GROUP, MINIBATCHES, MAX_TOKENS = 16, 16, 2, 48
LOSS = Loss(kl_coefficient=1e-3)
LEARNING_RATE = 3e-4


def main() -> None:
    """Measure both, with the same model and problems."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--bases", type=Path, default=Path(tempfile.gettempdir()) / "prorl-harness-bases")
    arguments = parser.parse_args()
    started = time.process_time()
    base = build_base(WarmStart(), seed=0, folder=arguments.bases, threads=arguments.threads)
    say("warm start (0 where the base was there)", time.process_time() - started)
    problems = [
        problem
        for task in TASKS
        for problem in open_source("reasoning_gym", {"task": task.task, "config": task.config}).problems(
            count=100, seed=5
        )
    ]
    problems = [problems[place * 37 % len(problems)] for place in range(PROMPTS * (arguments.steps + 1))]
    own = measure_own(base, problems, arguments.threads)
    if importlib.util.find_spec("trl") is None:
        print("TRL is not installed here")  # noqa: T201 - what it is for
        return
    peer = measure_trl(base, problems)
    say("TRL's step", peer)
    print(f"TRL takes {peer / own:.1f} times as long")  # noqa: T201


def measure_own(base: Path, problems: Sequence[Problem], threads: int) -> float:
    """Median CPU seconds of a step; the first one warms up."""
    policy = load_policy(Model(name=str(base)), threads=threads)
    engine = HuggingFaceEngine(policy)
    learner = TorchLearner(
        policy,
        loss=LOSS,
        optimizer=Optimizer(learning_rate=LEARNING_RATE, minibatches=MINIBATCHES),
        temperature=1.0,
    )
    sampling_seconds, update_seconds, tokens = [], [], []
    for start in range(0, len(problems), PROMPTS):
        chosen = problems[start : start + PROMPTS]
        begun = time.process_time()
        drawn = engine.sample(
            [problem.prompt for problem in chosen],
            Sampling(n=GROUP, temperature=1.0, max_tokens=MAX_TOKENS, seed=start),
        )
        sampled = time.process_time()
        groups = [judged(problem, each) for problem, each in zip(chosen, drawn, strict=True)]
        learner.update(groups, group_mean_std(outcomes(groups)))
        sampling_seconds.append(sampled - begun)
        update_seconds.append(time.process_time() - sampled)
        tokens.append(sum(len(completion.token_ids) for each in drawn for completion in each))
    for name, seconds in (("sampling", sampling_seconds), ("update", update_seconds)):
        rates = [count / each for count, each in zip(tokens[1:], seconds[1:], strict=True)]
        say(name, statistics.median(seconds[1:]), f"{statistics.median(rates):,.0f} completion tokens/s")
    whole = [one + other for one, other in zip(sampling_seconds, update_seconds, strict=True)]
    say(f"a step of {PROMPTS * GROUP} rollouts", statistics.median(whole[1:]))
    return statistics.median(whole[1:])


def judged(problem: Problem, completions: Sequence[Completion]) -> Group:
    """A group judged by exact comparison, which takes no time."""
    rewards = [reward(problem.reference["entry"]["answer"], completion.text) for completion in completions]
    return Group(
        problem=problem,
        rollouts=tuple(
            Rollout(
                problem=problem, index=index, completion=each, verdict=share_verdict(earned), reward=earned
            )
            for index, (each, earned) in enumerate(zip(completions, rewards, strict=True))
        ),
    )


def reward(answer: str, text: str) -> float:
    """1 for the right answer in its tags, else 0."""
    return float(text.endswith(f"<answer>{answer}</answer>"))


def measure_trl(base: Path, problems: Sequence[Problem]) -> float:
    """Median CPU seconds of TRL's step of the same shape."""
    from datasets import Dataset  # noqa: PLC0415 - not a dependency of ours
    from transformers import TrainerCallback  # noqa: PLC0415
    from trl.trainer.grpo_config import GRPOConfig  # noqa: PLC0415
    from trl.trainer.grpo_trainer import GRPOTrainer  # noqa: PLC0415

    ends: list[float] = []

    class Watch(TrainerCallback):
        def on_step_end(self, *_: Any, **__: Any) -> None:
            ends.append(time.process_time())

    rows = [
        {"prompt": f"{problem.prompt}\n<think>", "answer": str(problem.reference["entry"]["answer"])}
        for problem in problems
    ]

    def score(completions: list[str], answer: list[str], **_: Any) -> list[float | None]:
        return [reward(right, text) for right, text in zip(answer, completions, strict=True)]

    with tempfile.TemporaryDirectory() as folder:
        trainer = GRPOTrainer(
            model=str(base),
            reward_funcs=score,
            train_dataset=Dataset.from_list(rows),
            callbacks=[Watch()],
            args=GRPOConfig(
                output_dir=folder,
                use_cpu=True,
                bf16=False,
                gradient_checkpointing=False,
                per_device_train_batch_size=PROMPTS * GROUP // MINIBATCHES,
                steps_per_generation=MINIBATCHES,
                num_generations=GROUP,
                max_completion_length=MAX_TOKENS,
                max_steps=MINIBATCHES * len(problems) // PROMPTS,
                learning_rate=LEARNING_RATE,
                lr_scheduler_type="constant",
                temperature=1.0,
                top_k=0,
                beta=LOSS.kl_coefficient,
                epsilon=LOSS.clip_low,
                epsilon_high=LOSS.clip_high,
                loss_type="dapo",
                save_strategy="no",
                report_to="none",
                disable_tqdm=True,
                logging_steps=1000,
            ),
        )
        trainer.train()
    marks = ends[MINIBATCHES - 1 :: MINIBATCHES]
    return statistics.median(later - earlier for earlier, later in itertools.pairwise(marks))


def say(name: str, seconds: float, more: str = "") -> None:
    """Print one measured line."""
    print(f"{name:42} {seconds:8.3f} CPU s  {more}".rstrip(), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
