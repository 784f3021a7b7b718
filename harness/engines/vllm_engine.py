"""Rollouts by vLLM in this process, with weights that follow the learner's.

Each completion is a request of its own, seeded by its stream, so that what is drawn does not depend on what
is drawn beside it (but for rounding in the model). vLLM computes a prompt that several share once.

New weights go over as a model folder. After each sync the engine's log-probabilities of a few probes are held
against the learner's own, since an engine that goes on with old weights says nothing of it.

Does not cover: several devices. On a GPU the cache and the weights are given up while the learner trains;
that path has not been run yet.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, Final

import torch
from transformers import PreTrainedModel

from evals.sampler import Completion, Sampling
from harness.engines.policy import Policy
from harness.engines.port import Finished, Pull, Request
from harness.errors import ConfigError, TrainingError

WORKER: Final = "harness.engines.vllm_worker.WeightsExtension"
PROBES: Final = ("1 + 1 =", "The answer is")
PROBE_TOKENS: Final = 8
TOLERANCES: Final = {torch.float32: 1e-4, torch.bfloat16: 0.1, torch.float16: 0.02}
"""How far a log-probability may lie from the learner's, by the type of the weights."""
CPU_CACHE_GIB: Final = "1"
CPU_MEMORY_SHARE: Final = 0.1
GPU_MEMORY_SHARE: Final = 0.5


class VLLMEngine:
    """Samples with vLLM from the policy's weights as they were at the last `load`."""

    def __init__(self, policy: Policy, *, batch_rows: int = 512) -> None:
        """Start vLLM with `policy`'s weights, at most `batch_rows` completions side by side.

        Raises:
            ConfigError: vLLM is not installed here.
        """
        self.version = 0
        self._policy = policy
        self._batch_rows = batch_rows
        self._folder = tempfile.TemporaryDirectory(prefix="vllm-weights-")
        self._asleep = False
        self._requests = 0
        self._llm: Any = _open(policy, self._export(policy.model), batch_rows)
        self._check(policy.model)

    def load(self, weights: Any, version: int) -> None:
        """Sample from these weights from now on, and see that it does.

        Args:
            weights: the learner's live module, or an exported folder.
            version: the number of updates behind them.

        Raises:
            TrainingError: the engine's log-probabilities are not the learner's afterwards.
        """
        folder = self._export(weights) if isinstance(weights, PreTrainedModel) else Path(str(weights))
        self._wake()
        self._llm.collective_rpc("take_weights", args=(str(folder),))
        self._llm.reset_prefix_cache()
        if isinstance(weights, PreTrainedModel):
            self._check(weights)
        self.version = version

    def close(self) -> None:
        """Give back memory and processes. Safe to call twice."""
        llm, self._llm = self._llm, None
        if llm is not None:
            llm.llm_engine.engine_core.shutdown()
        self._folder.cleanup()

    def sample(self, prompts: Sequence[str], sampling: Sampling) -> list[list[Completion]]:
        """See `Sampler`. What is drawn of a prompt follows from the seed and the prompt's place."""
        left = list(enumerate(prompts))

        def pull(_rows: int) -> list[Request]:
            requests = [
                Request(key=place, prompt=prompt, stream=f"{sampling.seed}:{place}") for place, prompt in left
            ]
            left.clear()
            return requests

        drawn: list[dict[int, Completion]] = [{} for _ in prompts]
        for each in self.stream(pull, sampling):
            drawn[each.key][each.index] = each.completion
        return [[found[index] for index in range(sampling.n)] for found in drawn]

    def stream(self, pull: Pull, sampling: Sampling) -> Iterator[Finished]:
        """See `RolloutEngine`. Where `top_p` is below 1, completions bring no log-probabilities.

        vLLM gives those after top-p, and the learner's are before.
        """
        self._wake()
        engine, running = self._llm.llm_engine, dict[str, tuple[int, int]]()
        try:
            roomier = True
            while roomier or running:
                if roomier and (room := self._batch_rows - len(running)) > 0:
                    for request in pull(room):
                        running |= self._add(request, sampling)
                ended = [output for output in engine.step() if output.finished] if running else []
                roomier = bool(ended)
                for output in ended:
                    key, index = running.pop(output.request_id)
                    yield Finished(key=key, index=index, completion=self._completion(output, sampling))
        finally:
            if running:
                engine.abort_request(list(running))
        self._sleep()

    def _add(self, request: Request, sampling: Sampling) -> dict[str, tuple[int, int]]:
        added = {}
        for index in range(sampling.n):
            self._requests += 1
            name = str(self._requests)
            self._llm.llm_engine.add_request(
                name,
                {"prompt_token_ids": self._policy.prompt_ids(request.prompt)},
                self._params(sampling, f"{request.stream}:{index}"),
            )
            added[name] = (request.key, index)
        return added

    def _params(self, sampling: Sampling, stream: str) -> Any:
        parameters = resolve_name("vllm.sampling_params")
        return parameters.SamplingParams(
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            max_tokens=sampling.max_tokens,
            seed=int.from_bytes(sha256(stream.encode()).digest()[:4], "big"),
            stop_token_ids=list(self._policy.end_ids),
            logprobs=0,
            detokenize=False,
            output_kind=parameters.RequestOutputKind.FINAL_ONLY,
        )

    def _completion(self, output: Any, sampling: Sampling) -> Completion:
        (drawn,) = output.outputs
        ids = list(drawn.token_ids)
        ended = bool(ids) and ids[-1] in self._policy.end_ids
        (text,) = self._policy.texts([ids[:-1] if ended else ids])
        logprobs = [place[token].logprob for token, place in zip(ids, drawn.logprobs, strict=True)]
        return Completion(
            text=text,
            token_ids=tuple(ids),
            logprobs=tuple(logprobs) if sampling.top_p == 1 else (),
            truncated=not ended,
        )

    def _check(self, model: PreTrainedModel) -> None:
        """Hold the engine's log-probabilities of the probes against the model's own.

        Raises:
            TrainingError: they differ.
        """
        drawn = self.sample(PROBES, Sampling(n=1, temperature=1.0, max_tokens=PROBE_TOKENS, seed=0))
        worst = 0.0
        for prompt, (completion,) in zip(PROBES, drawn, strict=True):
            own = _logprobs(model, self._policy.prompt_ids(prompt), completion.token_ids)
            worst = max(worst, float((own - torch.tensor(completion.logprobs)).abs().max()))
        tolerance = TOLERANCES.get(model.dtype, TOLERANCES[torch.bfloat16])
        if not worst <= tolerance:
            raise TrainingError(
                f"vLLM samples from other weights than the learner's: a log-probability is {worst:.3g} off, "
                f"where {tolerance:g} is allowed for {model.dtype}. Use rollout.engine = 'huggingface', and "
                "report the model's architecture"
            )

    def _export(self, model: PreTrainedModel) -> Path:
        folder = Path(self._folder.name)
        model.save_pretrained(folder)
        return folder

    def _sleep(self) -> None:
        """Give the learner the GPU's memory."""
        if torch.cuda.is_available() and not self._asleep:
            self._llm.sleep(level=1)
            self._asleep = True

    def _wake(self) -> None:
        if self._asleep:
            self._llm.wake_up()
            self._asleep = False


def _open(policy: Policy, folder: Path, batch_rows: int) -> Any:
    gpu = torch.cuda.is_available()
    # Read when vLLM is imported: one process is quicker to start and hands weights over without copies.
    os.environ.setdefault("VLLM_ENABLE_V1_MULTIPROCESSING", "0")
    os.environ.setdefault("VLLM_NO_USAGE_STATS", "1")
    os.environ.setdefault("VLLM_LOGGING_LEVEL", "WARNING")
    if not gpu:
        os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", CPU_CACHE_GIB)
    try:
        llm = resolve_name("vllm:LLM")
    except ImportError as error:
        raise ConfigError(
            f"rollout.engine 'vllm' needs vLLM, which cannot be imported here ({error}). On a GPU: "
            "pip install vllm; on a CPU: scripts/make-vllm-venv makes an environment with it"
        ) from error
    return llm(
        model=str(folder),
        skip_tokenizer_init=True,
        dtype=str(policy.model.dtype).removeprefix("torch."),
        max_num_seqs=batch_rows,
        gpu_memory_utilization=GPU_MEMORY_SHARE if gpu else CPU_MEMORY_SHARE,
        enable_sleep_mode=gpu,
        enforce_eager=not gpu,
        logprobs_mode="processed_logprobs",
        worker_extension_cls=WORKER,
        disable_log_stats=True,
        use_tqdm_on_load=False,
    )


@torch.no_grad()
def _logprobs(model: PreTrainedModel, prompt: Sequence[int], tokens: Sequence[int]) -> torch.Tensor:
    """What the model gives each token of a completion at temperature 1."""
    ids = torch.tensor([[*prompt, *tokens]], device=model.device)
    logits = model(input_ids=ids).logits[0, len(prompt) - 1 : -1].float()
    chosen = torch.log_softmax(logits, dim=-1).gather(-1, ids[0, len(prompt) :, None])
    return chosen[:, 0].cpu()
