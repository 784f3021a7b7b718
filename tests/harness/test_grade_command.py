"""`harness grade` on a file: one row out for each row in, in order, whatever the rows hold."""

import json
from pathlib import Path
from typing import Any

import pytest

from harness.commands.grading import grade_file
from harness.errors import ConfigError

MATHS = {"verifier": "math", "reference": {"answer": "\\frac{1}{2}"}}
STEM = {"verifier": "stem", "reference": {"answer": "B", "choices": ["iron", "helium", "neon", "gold"]}}
CODE = {
    "verifier": "code",
    "reference": {
        "language": "python",
        "entry_point": "double",
        "tests": [{"args": [number], "expected": 2 * number} for number in (0, 1, 2, 5)],
    },
}
PUZZLE = {
    "verifier": "puzzle",
    "reference": {
        "dataset": "chain_sum",
        "entry": {"question": "State the final answer to 4 + 3 =", "answer": "7", "metadata": {}},
    },
}
INSTRUCTION = {
    "verifier": "instruction",
    "reference": {
        "instruction_id_list": ["punctuation:no_comma", "change_case:english_lowercase"],
        "kwargs": [{}, {}],
    },
}
DOUBLE = "```python\ndef double(x):\n    return {}\n```"

JUDGED: list[tuple[dict[str, Any], str, str, float]] = [
    (MATHS, "So it is \\boxed{\\frac12}.", "correct", 1.0),
    (MATHS, "The answer is 0.5", "correct", 1.0),
    (MATHS, "\\boxed{2}", "incorrect", 0.0),
    (STEM, "The answer is B.", "correct", 1.0),
    (STEM, "The answer is C.", "incorrect", 0.0),
    (CODE, DOUBLE.format("2 * x"), "correct", 1.0),
    (CODE, DOUBLE.format("x * x"), "partial", 0.5),
    (CODE, DOUBLE.format("1 // 0"), "incorrect", 0.0),
    (CODE, "I do not know.", "no_answer", 0.0),
    (PUZZLE, "<answer>7</answer>", "correct", 1.0),
    (PUZZLE, "<answer>8</answer>", "incorrect", 0.0),
    (INSTRUCTION, "a quiet day by the sea", "correct", 1.0),
    (INSTRUCTION, "A quiet day by the sea", "partial", 0.5),
    (INSTRUCTION, "Red, green", "incorrect", 0.0),
    (CODE, DOUBLE.format("0\n    while True: pass").replace("return 0\n    ", ""), "timeout", 0.0),
]
BROKEN = [
    b"{not json",
    b'["a", "list"]',
    b'{"id": "x", "verifier": "maths", "response": "1", "reference": {"answer": "1"}}',
    b'{"id": "y", "verifier": "math", "reference": {"answer": "1"}}',
    b'{"id": "z", "verifier": "code", "response": "1", "reference": {"tests": "many"}}',
]


def fifty_rows() -> tuple[list[bytes], list[tuple[str, float | None]]]:
    """45 good rows over five domains, with a broken one after every ninth; and what each is worth."""
    lines: list[bytes] = []
    expected: list[tuple[str, float | None]] = []
    for number in range(45):
        template, response, status, reward = JUDGED[
            number % (len(JUDGED) - 1 if number > 14 else len(JUDGED))
        ]
        lines.append(json.dumps({"id": f"row-{number}", "response": response, **template}).encode())
        expected.append((status, reward))
        if number % 9 == 8:
            lines.append(BROKEN[number // 9])
            expected.append(("infra_error" if b'"maths"' in lines[-1] else "invalid_row", None))
    return lines, expected


@pytest.mark.sandbox
def test_fifty_mixed_rows_come_out_in_order_with_the_right_statuses(tmp_path: Path) -> None:
    lines, expected = fifty_rows()
    assert len(lines) == 50
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(b"\n".join(lines) + b"\n")
    grade_file(source, target, workers=2, sandbox="auto", hub=None)
    rows = [json.loads(line) for line in target.read_text().splitlines()]
    assert [(row["status"], row["reward"]) for row in rows] == expected
    for line, row in zip(lines, rows, strict=True):
        assert set(row) == {"id", "reward", "status", "extracted", "detail", "verifier", "wall_ms"}
        if line.startswith(b'{"id"'):
            assert row["id"] == json.loads(line)["id"]
        if row["reward"] is None:
            assert row["detail"]
        else:
            assert row["verifier"]["name"]
            assert row["verifier"]["version"]


def test_lines_that_are_no_text_or_no_json_stop_no_other(tmp_path: Path) -> None:
    good = json.dumps(
        {"id": 7, "verifier": "scripted", "response": "yes", "reference": {"answer": "yes"}}
    ).encode()
    lines = [b"\xff\xfe", good, b"", b"[" * 100_000, b"9" * 5000, good]
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(b"\n".join(lines))
    grade_file(source, target, workers=1, sandbox="scripted", hub=None)
    rows = [json.loads(line) for line in target.read_text().splitlines()]
    assert [row["status"] for row in rows] == [
        "invalid_row",
        "correct",
        "invalid_row",
        "invalid_row",
        "invalid_row",
        "correct",
    ]
    assert rows[1]["id"] == 7


def test_a_missing_file_and_an_unwritable_one_are_one_clear_message(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no file of rows"):
        grade_file(tmp_path / "none", tmp_path / "out", workers=1, sandbox="scripted", hub=None)
    rows = tmp_path / "in.jsonl"
    rows.write_text("{}\n")
    with pytest.raises(ConfigError, match="would overwrite"):
        grade_file(rows, rows, workers=1, sandbox="scripted", hub=None)
    with pytest.raises(ConfigError, match="cannot be written"):
        grade_file(rows, tmp_path / "no" / "out", workers=1, sandbox="scripted", hub=None)
