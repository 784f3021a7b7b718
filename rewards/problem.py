"""A problem: what is asked, and how an answer to it is judged."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

Reference = Mapping[str, Any]
"""What a verifier judges by, in the verifier's own form; JSON values only."""


class Domain(StrEnum):
    """The five kinds of task that ProRL trains on (arXiv 2505.24864, Table 4)."""

    MATH = "math"
    CODE = "code"
    STEM = "stem"
    LOGIC = "logic"
    INSTRUCTION = "instruction"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One question with the means to judge answers to it."""

    domain: Domain
    prompt: str
    """What the model is shown as the user's message; the chat template is the engine's affair."""
    verifier: str
    reference: Reference
    source: str
    """Where it comes from, as `data set:task` (`reasoning_gym:spell_backward`)."""
    level: str = ""
    """The difficulty within the source, for reports by difficulty; empty where there is none."""

    @cached_property
    def id(self) -> str:
        """Content hash: equal problems have equal ids, whoever made them. 32 hex digits."""
        content = [self.domain, self.prompt, self.verifier, self.reference, self.source, self.level]
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:32]
