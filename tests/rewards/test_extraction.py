"""What counts as the answer of a response."""

import pytest

from rewards.extraction import after_thinking, final_answer


@pytest.mark.parametrize(
    ("response", "answer"),
    [
        (r"So \boxed{42}.", "42"),
        (r"\boxed{1} no, wait. \boxed{2}", "2"),
        (r"\boxed{\frac{1}{2}}", r"\frac{1}{2}"),
        (r"\boxed{f(\{x\})}", r"f(\{x\})"),
        (r"\boxed 5", "5"),
        (r"\fbox{7}", "7"),
        (r"\boxed{2}, \boxed{3} and \boxed{5}", "2, 3, 5"),
        (r"\boxed{3} \text{ for part (a) and } \boxed{1}", "3, 1"),
        (r"\boxed{9} \boxed{9} \boxed{4}", "4"),
        (r"First \boxed{1}. The final answer is $2$. I hope it is correct.", "2"),
        (r"The answer is 7, so \boxed{8}", "8"),
        ("The answer is 4.", "4"),
        ("**Answer:** 12", "12"),
        ("Final Answer: **73**", "73"),
        ("The final answer is: x + 1", "x + 1"),
        ("16 - 3 = 13\n#### 13", "13"),
        ("Answer: 1\nNo. Answer: 2", "2"),
        ("17", "17"),
        ("<think>it is 3</think>4", "4"),
        (r"<think>\boxed{3}</think> \boxed{4}", "4"),
        (r"a</think>b</think>\boxed{5}", "5"),
        (r"\boxed{}", r"\boxed{}"),
        ("So it goes. " * 50 + "The probability that she wins is 2/3. <|im_start|>user", "2/3"),
        ("So it goes. " * 50 + "The error increases by 100%.", "100%"),
        ("So it goes. " * 50 + "Perhaps more may be said, but the area is 12.", "12"),
        ("x may be any real number", "x may be any real number"),
        ("So it goes. " * 50 + "Therefore it is $x + 1$.", "$x + 1$"),
    ],
)
def test_the_last_and_most_deliberate_statement_is_the_answer(response: str, answer: str) -> None:
    assert final_answer(after_thinking(response)) == answer


@pytest.mark.parametrize(
    "response",
    [
        "",
        "   ",
        "<think>the answer is 3",
        "It could be 3, and it could be 4.",
        "I do not know: 3",
        r"<think>\boxed{3}",
        r"<think>\boxed{3}</think>",
        "Let us see. " * 100 + "There are 3 birds and 4 storks on the fence.",
    ],
)
def test_a_response_that_states_nothing_has_no_answer(response: str) -> None:
    assert final_answer(after_thinking(response)) is None


def test_only_the_tail_of_a_long_response_is_looked_at() -> None:
    assert final_answer(r"\boxed{1}" + " and so on" * 5_000) is None
    assert final_answer("and so on " * 50_000 + r"\boxed{1}") == "1"
