"""A small byte-level tokenizer for base models that are made here.

Every text encodes and decodes to itself: the alphabet is all bytes, without merges, so that words
are spelt and numbers are digits. Phrases that a task's questions always open and close with become
one token each, which makes prompts three times shorter.

The pipeline is Qwen2's own (its regular expression and ByteLevel). transformers rebuilds the
tokenizer of a `qwen2` folder from its vocabulary and would silently drop any other pipeline.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from tokenizers import AddedToken, pre_tokenizers
from transformers import Qwen2Tokenizer

END: Final = "<|endoftext|>"
MARKS: Final = ("<think>", "</think>", "<answer>", "</answer>")
CHAT_TEMPLATE: Final = "{{ messages[-1]['content'] }}\n<think>"
"""The prompt is the question as it stands; the model thinks first."""

PHRASE_CHARACTERS: Final = 8
"""Shorter phrases are spelt."""


def build_tokenizer(phrases: Iterable[str]) -> Qwen2Tokenizer:
    """A tokenizer over bytes, the marks and `phrases`."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Qwen2Tokenizer(
        vocab={token: place for place, token in enumerate([END, *alphabet])},
        merges=[],
        eos_token=END,
        pad_token=END,
        padding_side="left",
    )
    plain = [AddedToken(text, normalized=False, special=False) for text in (*MARKS, *phrases)]
    tokenizer.add_tokens(plain)
    tokenizer.chat_template = CHAT_TEMPLATE
    return tokenizer


def common_phrases(questions: Sequence[str]) -> list[str]:
    """What all of a task's questions open and close with."""
    opening = _common_opening(questions)
    closing = _common_opening([question[len(opening) :][::-1] for question in questions])[::-1]
    return [phrase for phrase in (opening, closing) if len(phrase) >= PHRASE_CHARACTERS]


def _common_opening(texts: Sequence[str]) -> str:
    first, last = min(texts), max(texts)
    same = (place for place, (one, other) in enumerate(zip(first, last, strict=False)) if one != other)
    return first[: next(same, min(len(first), len(last)))]
