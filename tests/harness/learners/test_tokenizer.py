import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer, PreTrainedTokenizerBase, Qwen2Config

from harness.learners.tokenizer import build_tokenizer, common_phrases

OPENING = "State the final answer to the following arithmetic problem: "
TOKENIZER = build_tokenizer([OPENING])


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> PreTrainedTokenizerBase:
    """The tokenizer as others get it from an exported folder."""
    folder = tmp_path_factory.mktemp("tokenizer")
    TOKENIZER.save_pretrained(folder)
    Qwen2Config().save_pretrained(folder)
    loaded: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(folder)
    return loaded


@given(st.text())
def test_every_text_encodes_and_decodes_to_itself(text: str) -> None:
    assert TOKENIZER.decode(TOKENIZER(text)["input_ids"]) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    "text", ["12 + 7 = 19", "  two\t spaces \r\n", "naïve 漢字 π 🙂", "<think>a</think><answer>-3</answer>"]
)
def test_an_exported_tokenizer_is_rebuilt_alike(loaded: PreTrainedTokenizerBase, text: str) -> None:
    assert loaded(OPENING + text)["input_ids"] == TOKENIZER(OPENING + text)["input_ids"]
    assert loaded.decode(loaded(text)["input_ids"]) == text
    assert loaded.padding_side == "left"


def test_marks_and_phrases_are_one_token_and_all_else_is_spelt() -> None:
    tokens = TOKENIZER.convert_ids_to_tokens(TOKENIZER(OPENING + "12 + 7</think><answer>")["input_ids"])
    assert tokens == [OPENING, "1", "2", "Ġ", "+", "Ġ", "7", "</think>", "<answer>"]


def test_marks_stay_in_decoded_text_and_the_end_does_not() -> None:
    ids = [*TOKENIZER("</think><answer>5</answer>")["input_ids"], TOKENIZER.eos_token_id]
    assert TOKENIZER.decode(ids, skip_special_tokens=True) == "</think><answer>5</answer>"


def test_common_phrases_are_what_all_questions_open_and_close_with() -> None:
    questions = [f"Multiply these two: {pair}. Only the result." for pair in ("1 * 2", "3 * 14", "7 * 8")]
    assert common_phrases(questions) == ["Multiply these two: ", ". Only the result."]
    assert common_phrases(["alike", "alien"]) == [], "too short to be worth a token"
    assert common_phrases(["Exactly the same."] * 2) == ["Exactly the same."]
