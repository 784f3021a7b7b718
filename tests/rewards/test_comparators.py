"""Comparators: what counts as the same output, and as the same value."""

from typing import Any

import pytest

from rewards.errors import BadReference
from rewards.programs.comparators import Comparator, parse_comparator
from sandbox.inside.call import decode, encode


@pytest.mark.parametrize(
    ("comparator", "output", "expected", "same"),
    [
        ("float", " 1\n2 \n\n", "1 2", True),
        ("float", "0.3333333", "0.33333333", True),
        ("float", "0.333", "0.3333333", False),
        ("float", "3.0", "3", True),
        ("float", "2", "2.0", True),
        ("float", "1e3", "1000.0", True),
        ("float", "1000000008", "1000000007", False),
        ("float", "1000000008.0", "1000000007", False),
        ("float", "0010", "10", False),
        ("float", "10", "0010", False),
        ("float", "nan", "0.5", False),
        ("float", "inf", "1e400", False),
        ("float", "1e500", "1e400", False),
        ("float", "1_000", "1000", False),
        ("float", "Yes", "YES", False),
        ("float", "1 2", "1 2 3", False),
        ({"kind": "float", "abs": 0.01}, "0.33", "0.3333", True),
        ({"kind": "float", "abs": 0, "rel": 0}, "0.30000000000000004", "0.3", False),
        ({"abs": 0.5}, "1.4", "1.0", True),
        ("token", "0.30", "0.3", False),
        ("token", "a\tb", "a b", True),
        ("case", "Yes", "YES", True),
        ("case", "Yes", "NO", False),
        ("lines", "a b  \nc\n\n", "a b\nc", True),
        ("lines", "a\nb", "a b", False),
        ("lines", "a  b", "a b", False),
        ("unordered_lines", "b 2\na 1", "a 1\nb  2\n", True),
        ("unordered_lines", "a\na\nb", "a\nb\nb", False),
        ("unordered_tokens", "3 1 2", "1\n2\n3", True),
        ("unordered_tokens", "3 1", "1 3 3", False),
        ("exact", "a b\r\n", "a b", True),
        ("exact", "a b ", "a b", False),
        ("exact", "a\n\n", "a", False),
    ],
)
def test_outputs_compare_by_kind(comparator: object, output: str, expected: str, same: bool) -> None:
    assert parse_comparator(comparator, "it").same_text(output, expected) is same


@pytest.mark.parametrize(
    ("value", "expected", "exact", "same"),
    [
        (1, 1, True, True),
        (1.0, 1, True, True),
        (0.1 + 0.2, 0.3, True, True),
        (0.31, 0.3, True, False),
        (float("nan"), float("nan"), True, True),
        (float("inf"), 1e308, True, False),
        (10**400, 1.0, True, False),
        ("1", 1, False, False),
        ((1, 2), [1, 2], False, True),
        ((1, 2), [1, 2], True, False),
        ([(1, [2.0])], [[1, [2]]], False, True),
        ([1, 2], [1, 2, 3], False, False),
        ({1: "a"}, {"1": "a"}, False, True),
        ({True: "a"}, {"true": "a"}, False, True),
        ({b"x": "a"}, {"x": "a"}, False, False),
        ({10**5000: 1}, {"x": 1}, False, False),
        ({1: "a"}, {"1": "a"}, True, False),
        ({"a": [1]}, {"a": [2]}, False, False),
        ({1, 2}, frozenset({2, 1}), True, True),
        ({1, 2}, [1, 2], False, False),
        (1j + 0, 1j, True, True),
        (None, None, True, True),
        (None, False, True, False),
        ([], "", False, False),
    ],
)
def test_values_compare_as_python_does_but_for_floats_and_json(
    value: Any, expected: Any, exact: bool, same: bool
) -> None:
    assert Comparator().same_value(value, expected, exact_kinds=exact) is same


@pytest.mark.parametrize(
    ("comparator", "value", "expected", "same"),
    [
        ("exact", 0.1 + 0.2, 0.3, False),
        ({"kind": "float", "abs": 1e-5}, [0.33333], [1 / 3], True),
        ("case", ["Ab"], ["aB"], True),
        ("float", "Ab", "aB", False),
        ("unordered_lines", [[2, 1], [1.0]], [[1], [2, 1]], True),
        ("unordered_lines", [[2, 1], [1]], [[1], [1, 2]], False),
        ("unordered_tokens", {3, 1}, [1, 3], True),
        ("unordered_tokens", [1, 1, 3], [1, 3, 3], False),
        ("unordered_tokens", 3, [3], False),
        ("unordered_tokens", [{"a": {2, 1}}, "b", None], [None, {"a": {1, 2}}, "b"], True),
    ],
)
def test_values_compare_by_kind(comparator: object, value: Any, expected: Any, same: bool) -> None:
    assert parse_comparator(comparator, "it").same_value(value, expected, exact_kinds=False) is same


@pytest.mark.parametrize(
    "comparator",
    [
        "fuzzy",
        {"kind": "exactly"},
        {"kind": ["float"]},
        {"tolerance": 1},
        {"abs": -1},
        {"rel": "1e-6"},
        {"abs": True},
        3,
        None,
    ],
)
def test_a_comparator_that_there_is_not_is_refused(comparator: object) -> None:
    with pytest.raises(BadReference, match=r"comparator|it is|of it"):
        parse_comparator(comparator, "it")


def test_values_that_are_chosen_to_collide_are_refused_before_they_cost_anything() -> None:
    same_hash = [["int", hex(place * (2**61 - 1))] for place in range(20_000)]
    for kind, content in (("set", same_hash), ("dict", [[key, ["bool", True]] for key in same_hash])):
        with pytest.raises(ValueError, match="collide"):
            decode(repr([kind, content]).replace("'", '"').replace("True", "true"))
    many = set(range(100_000))
    assert decode(encode(many)) == many
