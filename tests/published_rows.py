"""Rows in the exact schema of each published data set, made by hand: sound ones, and broken ones."""

import json
from pathlib import Path
from typing import Any, Final

Rows = list[dict[str, Any]]


def _eurus(prompt: str, cases: object, *, ability: str = "code", source: str = "taco") -> dict[str, Any]:
    return {
        "data_source": source,
        "prompt": [
            {"content": "You think in steps.", "role": "system"},
            {"content": f"{prompt}\n\nWrite Python code to solve the problem.", "role": "user"},
        ],
        "ability": ability,
        "reward_model": {"ground_truth": json.dumps(cases), "style": "rule"},
        "extra_info": {"index": 0, "split": "dummy"},
    }


def _nemotron(prompt: str, names: list[str], arguments: Rows) -> dict[str, Any]:
    return {
        "input": [{"role": "user", "content": prompt}],
        "args": {
            "instruction_id_list": names,
            "instruction_kwargs": arguments,
            "task": "instruction_following",
            "num_instructions": len(names),
        },
        "category": "instruction_following",
        "license": "odc-by",
        "reasoning": "off",
        "used_in_training": "Ultra, Super",
        "version": "v1",
        "system_prompt": "detailed thinking off",
    }


def _scp(problem: str, solution: str, **more: Any) -> dict[str, Any]:
    return {"domain": "Physics", "problem": problem, "extract_solution": solution, **more}


def _puzzle(question: str, answer: str | None, task: str = "chain_sum") -> dict[str, Any]:
    entry: dict[str, Any] = {"question": question, "answer": answer, "metadata": {}}
    return {"task": task, "level": "", "entry": entry}


_DOUBLE: Final = {"inputs": ["2\n", "5\n"], "outputs": ["4\n", "10\n"]}
_CALLS: Final = {"fn_name": "double", "inputs": [[2], [5]], "outputs": [[4], [10]]}
_DECEIVED: Final = _eurus("Say nothing.", {"inputs": ["1\n", "2\n"], "outputs": ["", ""]})

SOUND: Final[dict[str, Rows]] = {
    "deepscaler": [
        {"problem": "What is 2+3?", "answer": "5", "solution": "Count."},
        {"problem": "Half of one?", "answer": "\\frac{1}{2}", "solution": ""},
        {"problem": "All real $x$ with $x^2<4$?", "answer": "(-2,2)", "solution": ""},
    ],
    "eurus-2-code": [
        _eurus("Double the number.", _DOUBLE),
        _eurus("Write double(x).", _CALLS, source="apps"),
    ],
    "scp-116k": [
        _scp("How much energy?", "Work is force times way.\n\\boxed{12 J}", r1_response="\\boxed{12 J}"),
        _scp("How many electrons has neon?", "10"),
        {"domain": "Chemistry", "problem": "And helium?", "matched_solution": "2", "o1_solution": "It is 2."},
    ],
    "reasoning-gym": [_puzzle("4 + 3 = ?", "7"), _puzzle("4 + 5 = ?", "9")],
    "llama-nemotron-instruction": [
        _nemotron("Write of the sea without commas.", ["punctuation:no_comma"], [{}]),
        _nemotron(
            "At least 3 sentences, with a P.S.",
            ["length_constraints:number_sentences", "detectable_content:postscript"],
            [{"num_sentences": 3, "relation": "at least"}, {"postscript_marker": "P.S."}],
        ),
    ],
    "code-rows": [
        {
            "question": "Double the number.",
            "input_output": json.dumps(_DOUBLE),
            "solutions": json.dumps(["print(2 * int(input()))"]),
            "difficulty": "interview",
        },
        {
            "text": "Write double(x).",
            "code": "def double(x):\n    return 2 * x",
            "test_list": ["assert double(2) == 4"],
        },
    ],
}
"""By data set; no two rows have the same content."""

BROKEN: Final[dict[str, list[tuple[Any, str]]]] = {
    "deepscaler": [
        ({"problem": "2?", "answer": 2, "solution": ""}, "column 'answer' is text, not int"),
        ({"problem": "2?", "solution": ""}, "column 'answer' is missing"),
        ({"problem": "2?", "answer": None, "solution": ""}, "column 'answer' is null"),
        ({"problem": "2?", "answer": " ", "solution": ""}, "column 'answer' is empty"),
        ({"problem": " ", "answer": "2", "solution": ""}, "the question is empty"),
        ({"problem": "2?", "answer": "\\frac{", "solution": ""}, "cannot be judged"),
        ({"problem": "2\0?", "answer": "2", "solution": ""}, "U\\+0000"),
        ({"problem": "2?", "answer": "2\0", "solution": ""}, "U\\+0000"),
        ({"problem": "\ud800?", "answer": "2", "solution": ""}, "U\\+D800"),
        (["a", "list"], "a row is an object, not list"),
    ],
    "eurus-2-code": [
        (_eurus("No tests.", {"inputs": [], "outputs": []}), "not a reference"),
        (_eurus("Uneven.", {"inputs": ["1"], "outputs": []}), "ground_truth"),
        (_eurus("Text.", "{"), "ground_truth"),
        (_DECEIVED, "a program that does nothing earns 1, not 0"),
        ({**_eurus("Lost.", _DOUBLE), "prompt": []}, "not exactly one message"),
        ({**_eurus("Lost.", _DOUBLE), "reward_model": {"style": "rule"}}, "is not JSON"),
        ({**_eurus("Lost.", _DOUBLE), "reward_model": {"ground_truth": "{"}}, "is not JSON"),
    ],
    "scp-116k": [
        (_scp("Why?", "Because of many things.\nAnd then some."), "no short final answer"),
        (_scp("Why?", "", r1_response="2"), "there is no solution"),
        (_scp("How much?", "12 J", r1_response="\\boxed{13 J}"), "R1's answer earns 0, not 1"),
        (_scp("How much?", "12 J", r1_response=3), "column 'r1_response' is text"),
    ],
    "reasoning-gym": [
        (_puzzle("4 + 3 = ?", None, task="no_such_task"), "cannot be judged"),
        ({"task": "chain_sum", "level": "", "entry": {"answer": "7", "metadata": {}}}, "'entry.question'"),
    ],
    "llama-nemotron-instruction": [
        (_nemotron("Be kind.", ["manners:kind"], [{}]), "cannot be judged"),
        (
            _nemotron("Write 3.", ["length_constraints:number_words"], [{"num_words": "three"}]),
            "not a reference",
        ),
        (_nemotron("Uneven.", ["punctuation:no_comma"], []), "as long as"),
        (_nemotron("None.", [], []), "one or more names"),
        (
            _nemotron(
                "Write.",
                ["length_constraints:number_words"],
                [{"num_words": 1, "relation": "at least"}],
            ),
            "everything passes",
        ),
        (
            {
                **_nemotron("Two.", ["punctuation:no_comma"], [{}]),
                "input": [{"role": "user", "content": "a"}] * 2,
            },
            "not exactly one message",
        ),
    ],
    "code-rows": [
        (
            {
                "question": "Double it.",
                "input_output": json.dumps(_DOUBLE),
                "solutions": json.dumps(["print(int(input()))"]),
            },
            "its own solution earns 0, not 1",
        ),
        ({"question": "What?"}, "the fields of none of"),
    ],
}
"""By data set: a row, and a part of the reason for which it is not taken."""

OTHERS: Final[dict[str, Rows]] = {
    "eurus-2-code": [_eurus("What is 1+1?", "2", ability="math", source="numina_olympiads")]
}
"""Rows of a kind that the data set does not take."""


def write_json_lines(path: Path, rows: list[Any]) -> Path:
    """The rows as JSON lines; lone surrogates stand as escapes."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def write_parquet(path: Path, rows: Rows) -> Path:
    """The rows in Parquet, several row groups."""
    import pyarrow as pa  # noqa: PLC0415 - an extra
    from pyarrow import parquet  # noqa: PLC0415

    parquet.write_table(pa.Table.from_pylist(rows), path, row_group_size=2)
    return path
