import json
from pathlib import Path

import huggingface_hub.constants
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

from harness.config import Model
from harness.engines.policy import Policy, load_policy
from harness.errors import ConfigError, TrainingError
from tests.harness.tiny_models import PROMPTS, tiny_policy


def test_a_prompt_is_one_user_message_in_the_chat_template() -> None:
    policy = tiny_policy()
    assert policy.tokenizer.decode(policy.prompt_ids("1 + 1 =")) == "1 + 1 =\n<think>"


def test_without_a_chat_template_a_prompt_is_taken_as_it_is() -> None:
    policy = tiny_policy()
    policy.tokenizer.chat_template = None
    assert policy.tokenizer.decode(policy.prompt_ids("1 + 1 =")) == "1 + 1 ="


@pytest.mark.parametrize("architecture", ["qwen2", "llama"])
def test_an_exported_folder_is_a_plain_hugging_face_one(tmp_path: Path, architecture: str) -> None:
    policy = tiny_policy(architecture)
    policy.export(tmp_path)
    model = AutoModelForCausalLM.from_pretrained(tmp_path)
    tokenizer = AutoTokenizer.from_pretrained(tmp_path)
    for prompt in [*PROMPTS, "naïve 漢字 <answer>12</answer>\tend"]:
        messages = [{"role": "user", "content": prompt}]
        text = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
        theirs = tokenizer(text, add_special_tokens=False)["input_ids"]
        assert theirs == policy.prompt_ids(prompt)
        batch = torch.tensor([theirs])
        assert torch.equal(model(batch).logits, policy.model(batch).logits)
    generation = json.loads((tmp_path / "generation_config.json").read_text())
    # lighteval samples only where the checkpoint itself says so.
    assert generation["do_sample"] is True
    assert (generation["temperature"], generation["top_k"]) == (1.0, 0)
    assert generation["eos_token_id"] == list(policy.end_ids)


def test_an_exported_folder_loads_as_the_policy_that_it_was(tmp_path: Path) -> None:
    policy = tiny_policy()
    policy.export(tmp_path)
    again = load_policy(Model(name=str(tmp_path)))
    assert (again.end_ids, again.pad_id) == (policy.end_ids, policy.pad_id)
    assert [again.prompt_ids(prompt) for prompt in PROMPTS] == [policy.prompt_ids(p) for p in PROMPTS]
    assert all(
        torch.equal(mine, theirs)
        for mine, theirs in zip(policy.model.parameters(), again.model.parameters(), strict=True)
    )


def test_the_number_of_threads_is_set_where_a_policy_is_loaded(tmp_path: Path) -> None:
    tiny_policy().export(tmp_path)
    before = torch.get_num_threads()
    try:
        load_policy(Model(name=str(tmp_path)), threads=2)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_a_folder_without_a_model_is_the_users_to_mend(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot be loaded as a causal language model.*config\.json"):
        load_policy(Model(name=str(tmp_path)))


def test_a_hub_out_of_reach_is_not_the_recipes_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(TrainingError, match=r"'nobody/nothing'.*local folder"):
        load_policy(Model(name="nobody/nothing"))


def test_a_model_that_can_never_end_is_refused() -> None:
    policy = tiny_policy()
    policy.model.generation_config = GenerationConfig()  # type: ignore[no-untyped-call]  # it has no types
    policy.tokenizer.eos_token = None
    with pytest.raises(ConfigError, match="no end-of-sequence token"):
        Policy(policy.model, policy.tokenizer)
