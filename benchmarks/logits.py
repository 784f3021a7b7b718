"""Peak memory of one gradient update where the vocabulary is large: ours in chunks and whole, and TRL's.

`python benchmarks/logits.py [--rows 4] [--tokens 512]` gives each way a process of its own with a
random Qwen2 (hidden 64, 2 layers, vocabulary 151,665) and the same made-up completions, and prints
how far its resident memory rose above what it held before the update, and the update's CPU seconds.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from transformers import PreTrainedModel, PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

from evals.rollout import Rollout
from evals.sampler import Completion
from harness.engines.policy import Policy
from harness.group import Group
from harness.learners.torch_learner import TorchLearner
from harness.learning import Loss, Optimizer
from rewards.problem import Domain, Problem
from rewards.verdict import share_verdict

VOCABULARY, GROUP, KIB, MIB = 151_665, 4, 2**10, 2**20
WHOLE_MIB = 2**20
"""A chunk that holds any batch's logits."""
WAYS = ("chunked", "whole", "trl")


def main() -> None:
    """Measure each way in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=4)
    parser.add_argument("--tokens", type=int, default=512)
    parser.add_argument("--logits-mib", type=int, default=Optimizer().logits_mib, help="of a chunk of ours")
    parser.add_argument("--way", choices=WAYS, help="measure this one here")
    arguments = parser.parse_args()
    if arguments.way:
        chunk = WHOLE_MIB if arguments.way == "whole" else arguments.logits_mib
        measure(arguments.way, rows=arguments.rows, tokens=arguments.tokens, logits_mib=chunk)
        return
    size = [
        "--logits-mib",
        str(arguments.logits_mib),
        "--rows",
        str(arguments.rows),
        "--tokens",
        str(arguments.tokens),
    ]
    for way in WAYS:
        subprocess.run([sys.executable, __file__, "--way", way, *size], check=True)


def measure(way: str, *, rows: int, tokens: int, logits_mib: int) -> None:
    """Do one update and print what it took."""
    torch.set_num_threads(1)
    chance = random.Random(0)
    completions = [[chance.randrange(1, VOCABULARY) for _ in range(tokens)] for _ in range(rows)]
    with tempfile.TemporaryDirectory() as folder:
        update = (
            prepared_trl(Path(folder), completions) if way == "trl" else prepared(completions, logits_mib)
        )
        before, started = resident_mib(), time.process_time()
        update()
        risen, seconds = peak_mib() - before, time.process_time() - started
    print(f"{way:8} {rows} x {tokens} tokens   +{risen:7,.0f} MiB  {seconds:6.1f} CPU s", flush=True)  # noqa: T201


def prepared(completions: list[list[int]], logits_mib: int) -> Any:
    """Our update, to be called."""
    learner = TorchLearner(
        Policy(new_model(), new_tokenizer()),
        loss=Loss(),
        optimizer=Optimizer(minibatches=1, logits_mib=logits_mib),
        temperature=1.2,
    )
    problem = Problem(
        domain=Domain.LOGIC, prompt="1 2", verifier="scripted", reference={}, source="benchmark"
    )
    rollouts = tuple(
        Rollout(
            problem=problem,
            index=place,
            completion=Completion(
                text="", token_ids=tuple(ids), logprobs=tuple([-12.0] * len(ids)), truncated=True
            ),
            verdict=share_verdict(1.0),
            reward=1.0,
        )
        for place, ids in enumerate(completions)
    )
    group = Group(problem=problem, rollouts=rollouts)
    return lambda: learner.update([group], [advantages(len(completions))])


def prepared_trl(folder: Path, completions: list[list[int]]) -> Any:
    """TRL's loss on the same completions, back to the gradients, to be called."""
    from datasets import Dataset  # noqa: PLC0415 - not a dependency of ours
    from trl.trainer.grpo_config import GRPOConfig  # noqa: PLC0415
    from trl.trainer.grpo_trainer import GRPOTrainer  # noqa: PLC0415

    def score(completions: list[str], **_: Any) -> list[float | None]:
        return [0.0] * len(completions)

    new_model().save_pretrained(folder / "model")
    new_tokenizer().save_pretrained(folder / "model")
    trainer = GRPOTrainer(
        model=str(folder / "model"),
        reward_funcs=score,
        train_dataset=Dataset.from_list([{"prompt": "1 2"}]),
        args=GRPOConfig(
            output_dir=str(folder),
            use_cpu=True,
            bf16=False,
            gradient_checkpointing=False,
            per_device_train_batch_size=GROUP,
            num_generations=GROUP,
            max_completion_length=len(completions[0]),
            temperature=1.2,
            beta=1e-4,
            loss_type="dapo",
            report_to="none",
            disable_tqdm=True,
        ),
    )
    ids = torch.tensor(completions)
    prompt_ids = torch.ones(len(ids), 2, dtype=torch.long)
    inputs = {
        "prompt_ids": prompt_ids,
        "prompt_mask": torch.ones_like(prompt_ids),
        "completion_ids": ids,
        "completion_mask": torch.ones_like(ids),
        "advantages": torch.tensor(advantages(len(ids))),
        "num_items_in_batch": torch.tensor(ids.numel()),
    }
    model: Any = trainer.model
    model.train()
    trainer.current_gradient_accumulation_steps = 1

    def update() -> None:
        whole = torch.cat([prompt_ids, ids], dim=1)
        with torch.no_grad():
            inputs["ref_per_token_logps"] = trainer._get_per_token_logps_and_entropies(  # noqa: SLF001 - it has no other
                trainer.ref_model, whole, torch.ones_like(whole), ids.shape[1]
            )[0]
        trainer.compute_loss(model, inputs).backward()

    return update


def advantages(rows: int) -> list[float]:
    """Of both signs."""
    return [1.0 if row % 2 else -1.0 for row in range(rows)]


def new_model() -> PreTrainedModel:
    """A small model under a large vocabulary."""
    config = Qwen2Config(
        vocab_size=VOCABULARY,
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        intermediate_size=128,
        tie_word_embeddings=True,
        eos_token_id=0,
        pad_token_id=0,
    )
    return Qwen2ForCausalLM(config)  # type: ignore[no-untyped-call]  # transformers' has no types


def new_tokenizer() -> PreTrainedTokenizerFast:
    """Words that are numbers."""
    end = "0"
    words = {str(number): number for number in range(10)}
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]  # transformers' has no types
        tokenizer_object=Tokenizer(WordLevel(words, unk_token=end)), eos_token=end, pad_token=end
    )


def resident_mib() -> float:
    """Memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / MIB


def peak_mib() -> float:
    """The most that it ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB


if __name__ == "__main__":
    main()
