"""A policy: one live causal language model with its tokenizer, as engines and learners share it.

Does not cover: sampling (`harness.engines.huggingface`), training (`harness.learners`).
"""

import copy
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import cast

import torch
from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError
from safetensors import SafetensorError
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    GenerationConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils.logging import disable_progress_bar

from harness.config import Model
from harness.errors import ConfigError, TrainingError


class Policy:
    """A model, its tokenizer, and how prompts and completions become token ids and text."""

    def __init__(self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> None:
        self.model = model
        self.model.train(False)
        hide_progress_bars()
        self.tokenizer = tokenizer
        self._device: torch.device = model.device
        self.end_ids = _end_ids(model, tokenizer)
        """Tokens that end a completion, in ascending order; never empty."""
        self.pad_id = tokenizer.pad_token_id if isinstance(tokenizer.pad_token_id, int) else self.end_ids[0]
        self._cached_ids = lru_cache(maxsize=65_536)(self._encode)

    @property
    def device(self) -> torch.device:
        """Where the weights lie."""
        return self._device

    def prompt_ids(self, prompt: str) -> list[int]:
        """Token ids of one user message in the model's chat template, up to where the answer starts.

        A tokenizer without a chat template (a base model's) gets the prompt as it is.
        """
        return list(self._cached_ids(prompt))

    def texts(self, completions: list[list[int]]) -> list[str]:
        """Decoded completions, special tokens kept out."""
        return self.tokenizer.batch_decode(completions, skip_special_tokens=True)

    def copy_model(self) -> PreTrainedModel:
        """A frozen copy of the model as it is now."""
        model = copy.deepcopy(self.model)
        model.requires_grad_(False)
        return model

    def export(self, folder: Path) -> None:
        """Write a plain Hugging Face folder that transformers, TRL, vLLM and lighteval load alike.

        `generation_config.json` says to sample at temperature 1 without top-k, because some loaders
        (lighteval's) take their sampling settings from nowhere else.

        Raises:
            TrainingError: it cannot be written, as on a full disk.
        """
        model = _serializable(self.model)
        model.generation_config = GenerationConfig(  # type: ignore[no-untyped-call]  # transformers' has no types
            do_sample=True,
            temperature=1.0,
            top_k=0,
            eos_token_id=list(self.end_ids),
            pad_token_id=self.pad_id,
        )
        try:
            model.save_pretrained(folder)
            self.tokenizer.save_pretrained(folder)
        except SafetensorError as error:
            raise TrainingError(
                f"the model cannot be written to {folder}: {error}. Is the disk full?"
            ) from error

    def _encode(self, prompt: str) -> tuple[int, ...]:
        if self.tokenizer.chat_template is None:
            return tuple(self.tokenizer(prompt)["input_ids"])
        text = self.tokenizer.apply_chat_template(
            [{"role": "user", "content": prompt}], add_generation_prompt=True, tokenize=False
        )
        return tuple(self.tokenizer(text, add_special_tokens=False)["input_ids"])


def load_policy(config: Model, *, threads: int = 1) -> Policy:
    """Load from a plain Hugging Face folder, a GGUF file or the model hub.

    Args:
        config: `name` is a folder or a hub name; `warm_start` is not looked at.
        threads: CPU threads that torch uses in this process from now on. One is fastest for small
            models, and only equal numbers give equal results.

    Raises:
        ConfigError: no such folder, revision or model, or not a causal language model.
        TrainingError: the hub cannot be reached.
    """
    torch.set_num_threads(threads)
    source = {"revision": config.revision, "gguf_file": config.gguf_file}
    if Path(config.name).is_dir():
        hide_progress_bars()
    try:
        model = read_model(config.name, dtype=getattr(torch, config.dtype), **source)
        tokenizer = AutoTokenizer.from_pretrained(config.name, **source)
    except (OSError, ValueError, KeyError) as error:
        raise _load_error(config, error) from error
    return Policy(model, tokenizer)


def hide_progress_bars() -> None:
    """Keep the bars of transformers out of the run's own display; a download's is left to be seen."""
    disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers' has no types


def read_model(name: str, *, dtype: torch.dtype, **source: str | None) -> PreTrainedModel:
    """The causal language model of a folder or hub name, on the GPU where there is one.

    Raises:
        OSError, ValueError, KeyError: as transformers does.
    """
    model = AutoModelForCausalLM.from_pretrained(name, dtype=dtype, attn_implementation="sdpa", **source)
    # Where there is no GPU nothing moves; `to` is called as torch types it, as transformers does not.
    torch.nn.Module.to(model, "cuda" if torch.cuda.is_available() else "cpu")
    return cast(PreTrainedModel, model)


def _end_ids(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> tuple[int, ...]:
    configured: object = getattr(model.generation_config, "eos_token_id", None)
    found = [tokenizer.eos_token_id, *(configured if isinstance(configured, Iterable) else [configured])]
    ids = tuple(sorted({each for each in found if isinstance(each, int)}))
    if not ids:
        raise ConfigError(
            f"model {model.name_or_path!r} has no end-of-sequence token: set eos_token in its "
            "tokenizer_config.json or eos_token_id in its generation_config.json"
        )
    return ids


def _serializable(model: PreTrainedModel) -> PreTrainedModel:
    """The model in a form that `save_pretrained` takes; shares the weights.

    A model read from GGUF keeps a quantization config although its weights are plain by then, and is
    refused as it is.
    """
    if not hasattr(model.config, "quantization_config"):
        return model
    config = copy.deepcopy(model.config)
    del config.quantization_config
    plain = type(model)(config)
    plain.load_state_dict(model.state_dict(), assign=True)
    plain.tie_weights()
    return plain


def _load_error(config: Model, error: Exception) -> ConfigError | TrainingError:
    if Path(config.name).exists():
        return ConfigError(
            f"model folder {config.name!r} cannot be loaded as a causal language model: {error}. It "
            "needs config.json, weights as safetensors (or gguf_file) and tokenizer.json"
        )
    if isinstance(error.__cause__, GatedRepoError | RepositoryNotFoundError | RevisionNotFoundError):
        return ConfigError(_unknown(config, error))
    return TrainingError(
        f"model {config.name!r} is neither a folder here nor to be had from the model hub now "
        f"({_first_line(error)}). Give a local folder as model.name, or make the hub reachable "
        "(HF_HUB_OFFLINE unset, HF_TOKEN for gated models)"
    )


def _unknown(config: Model, error: Exception) -> str:
    return (
        f"model {config.name!r} at revision {config.revision!r} is not to be had: {_first_line(error)}. "
        "Check model.name and model.revision, set HF_TOKEN for a gated model, or give a local folder"
    )


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]
