"""A small base model made here, where no model hub is reached: weak, but with something to reinforce.

A Qwen2 of a third of a million parameters is taught worked answers from nothing, and stopped as soon
as it solves a few held-out problems of every task. The result is a plain Hugging Face folder.

Shapes: B row, T token, V vocabulary.
Does not cover: teaching a model that exists already.
"""

import hashlib
import json
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

import torch
from torch.nn.functional import cross_entropy
from transformers import Qwen2Config, Qwen2ForCausalLM

from evals.sampler import Sampling
from harness.config import WarmStart
from harness.engines.huggingface import HuggingFaceEngine
from harness.engines.policy import Policy
from harness.learners.draft import drafted
from harness.learners.forward import right_padded
from harness.learners.muon import Muon
from harness.learners.tokenizer import build_tokenizer, common_phrases
from harness.learners.worked_answers import TASKS, Lesson, Task, make_lessons

RECIPE: Final = 1
"""Part of a base's name: counted up whenever this file would make other weights of equal settings."""

WARM_UP_STEPS: Final = 30
LAST_SHARE: Final = 0.1
"""Of the learning rate, at `max_steps`."""
BUCKET: Final = 16
"""Batches that are sorted by length together."""
IGNORED: Final = -100
"""Marks tokens that are not learnt: prompts and padding."""

Progress = Callable[[int, str], None]
"""Called with the steps done and a line on how it goes."""

_Example = tuple[list[int], list[int]]
"""Token ids of a prompt and of what is to follow it."""


def build_base(
    config: WarmStart,
    *,
    seed: int,
    folder: Path,
    threads: int = 1,
    tasks: Sequence[Task] = TASKS,
    on_progress: Progress | None = None,
) -> Path:
    """Make the base model, or find it made already.

    Args:
        config: size, optimizer and when to stop.
        seed: of data, weights and order; equal seeds and threads give equal weights, bit by bit.
        folder: where bases are kept, each under the hash of all that it is made from.
        threads: CPU threads that torch uses in this process from now on.
        tasks: what it is taught.
        on_progress: told at every `config.check_every` steps.

    Returns:
        the folder of the base, whole whenever it is there.

    Raises:
        ConfigError: a task without worked answers.
    """
    torch.set_num_threads(threads)
    content = [RECIPE, config.model_dump(mode="json"), seed, threads, [asdict(task) for task in tasks]]
    name = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
    target = folder / f"base-{name}"
    if not target.exists():
        lessons = make_lessons(tasks, rows=config.rows, seed=seed)
        policy = new_policy(config, lessons, seed=seed)
        teach(policy, lessons, config, seed=seed, on_progress=on_progress or (lambda _step, _text: None))
        with drafted(target) as draft:
            policy.export(draft)
    return target


def new_policy(config: WarmStart, lessons: Sequence[Lesson], *, seed: int) -> Policy:
    """An untaught model with a tokenizer that knows the lessons' phrases."""
    phrases = [
        phrase for lesson in lessons for phrase in common_phrases([each.question for each in lesson.taught])
    ]
    tokenizer = build_tokenizer(phrases)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = Qwen2ForCausalLM(  # type: ignore[no-untyped-call]  # transformers' has no types
            Qwen2Config(
                vocab_size=len(tokenizer),
                hidden_size=config.hidden_size,
                num_hidden_layers=config.layers,
                num_attention_heads=config.heads,
                num_key_value_heads=config.key_value_heads,
                intermediate_size=config.intermediate_size,
                tie_word_embeddings=True,
                max_position_embeddings=4096,
                eos_token_id=tokenizer.eos_token_id,
                pad_token_id=tokenizer.pad_token_id,
            )
        )
    return Policy(model, tokenizer)


def teach(
    policy: Policy, lessons: Sequence[Lesson], config: WarmStart, *, seed: int, on_progress: Progress
) -> None:
    """Supervise `policy` until the stop criterion holds, or for `config.max_steps`."""
    parameters = list(policy.model.named_parameters())
    matrices = [each for name, each in parameters if each.ndim == 2 and "embed" not in name]
    others = [each for name, each in parameters if each.ndim != 2 or "embed" in name]
    muon = Muon(matrices)
    adam = torch.optim.AdamW(others, betas=(0.9, 0.98), weight_decay=0.0, fused=True)
    engine = HuggingFaceEngine(policy)
    batches = _batches(_examples(policy, lessons), config.batch_rows, random.Random(seed))
    loss_sum = 0.0
    for step in range(1, config.max_steps + 1):
        share = _schedule(step, config.max_steps)
        loss_sum += _step_loss(policy, next(batches))
        torch.nn.utils.clip_grad_norm_(policy.model.parameters(), 1.0)
        muon.step(config.matrix_learning_rate * share)
        adam.param_groups[0]["lr"] = config.learning_rate * share
        adam.step()
        policy.model.zero_grad()
        if step % config.check_every == 0:
            rates = pass_rates(engine, lessons, seed=step)
            shown = "  ".join(f"{task} {rate:.2f}" for task, rate in rates.items())
            on_progress(step, f"loss {loss_sum / config.check_every:.2f}  {shown}")
            loss_sum = 0.0
            if _good_enough(list(rates.values()), config):
                break


def pass_rates(engine: HuggingFaceEngine, lessons: Sequence[Lesson], *, seed: int) -> dict[str, float]:
    """Pass@1 on each task's held-out problems, by exact comparison of the answer."""
    held_out = [each for lesson in lessons for each in lesson.held_out]
    sampling = Sampling(temperature=1.0, max_tokens=48, seed=seed)
    drawn = engine.sample([each.question for each in held_out], sampling)
    passed = iter(
        [drawn_n[0].text.endswith(each.ending) for each, drawn_n in zip(held_out, drawn, strict=True)]
    )
    return {
        lesson.task: sum(next(passed) for _ in lesson.held_out) / len(lesson.held_out) for lesson in lessons
    }


def _good_enough(rates: Sequence[float], config: WarmStart) -> bool:
    return min(rates) >= config.stop_floor and sum(rates) / len(rates) >= config.stop_mean


def _schedule(step: int, max_steps: int) -> float:
    """Share of the learning rate: a short rise, then half a cosine."""
    falling = (1 + math.cos(math.pi * step / max_steps)) / 2
    return min(1.0, step / WARM_UP_STEPS) * (LAST_SHARE + (1 - LAST_SHARE) * falling)


def _examples(policy: Policy, lessons: Sequence[Lesson]) -> list[_Example]:
    taught = [each for lesson in lessons for each in lesson.taught]
    answers = policy.tokenizer([each.text for each in taught])["input_ids"]
    return [
        (policy.prompt_ids(each.question), [*answer, policy.end_ids[0]])
        for each, answer in zip(taught, answers, strict=True)
    ]


def _batches(examples: Sequence[_Example], rows: int, chance: random.Random) -> Iterator[list[_Example]]:
    """Shuffled epochs without end, like lengths side by side."""
    while True:
        order = list(examples)
        chance.shuffle(order)
        for start in range(0, len(order), rows * BUCKET):
            bucket = sorted(
                order[start : start + rows * BUCKET], key=lambda pair: len(pair[0]) + len(pair[1])
            )
            batches = [bucket[first : first + rows] for first in range(0, len(bucket), rows)]
            chance.shuffle(batches)
            yield from batches


def _step_loss(policy: Policy, batch: Sequence[_Example]) -> float:
    """Mean negative log-likelihood a completion token; leaves its gradient behind."""
    device = policy.device
    ids_BT, _ = right_padded([[*prompt, *answer][:-1] for prompt, answer in batch], device)
    targets_BT, _ = right_padded(
        [[IGNORED] * (len(prompt) - 1) + answer for prompt, answer in batch], device, pad_id=IGNORED
    )
    logits_BTV = policy.model(input_ids=ids_BT, use_cache=False).logits
    loss = cross_entropy(logits_BTV.flatten(0, 1), targets_BT.flatten(), ignore_index=IGNORED)
    loss.backward()  # type: ignore[no-untyped-call]  # torch's has no types
    return loss.item()
