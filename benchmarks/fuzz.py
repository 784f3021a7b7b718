"""A fuzz run over the verifiers: mutated good answers, junk, and broken references, from one seed.

`python -m benchmarks.fuzz [--count 100000] [--seed 0] [--verifier NAME]... [--every-puzzle] [--save FILE]`
prints what it finds, each with the input that shows it, and leaves with 1 where it finds anything:

- `crash`: a well-formed row whose verdict says that we failed, or any row that ends in an unnamed exception;
- `junk`: an answer that has nothing of the right one earns more than the item's floor;
- `order`: a right answer, laid between the others, that is not judged right in its place;
- `slow`: a verdict that took longer than `MAX_SECONDS`, graded alone.

Not covered: that mutated answers are judged rightly; a mutation may leave an answer right.
"""

import argparse
import json
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import rich.progress

from rewards.grader import LocalGrader, grade_rows

BATCH: Final = 200
MAX_SECONDS: Final = 10.0
"""A worker's wall bound and the replacing of it, with room for a busy machine."""
MAX_SHOWN_CHARS: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A reference with a right answer."""

    verifier: str
    reference: dict[str, Any]
    right: str
    floor: float = 0.0
    """What an answer may earn that has nothing of the right one."""
    weight: int = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """What should not be, and the row that shows it."""

    kind: str
    row: dict[str, Any]
    verdict: dict[str, Any]


@dataclass(slots=True)
class Report:
    """How many rows were graded, by verifier and status, and what was found."""

    statuses: Counter[tuple[str, str]] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)


CODE: Final = {"language": "python", "entry_point": "f", "tests": [{"args": [4], "expected": 104733}]}
ITEMS: Final = (
    Item(
        verifier="math", reference={"answer": "\\frac{7919}{104729}"}, right="\\boxed{\\frac{7919}{104729}}"
    ),
    Item(
        verifier="math", reference={"answer": "x^2 + 17x - 9901"}, right="The answer is $17x + x^2 - 9901$."
    ),
    Item(
        verifier="math",
        reference={"answers": ["(-\\infty, 31.5) \\cup [77, \\infty)"]},
        right="\\boxed{(-\\infty, \\frac{63}{2}) \\cup [77, \\infty)}",
    ),
    Item(
        verifier="math",
        reference={"answer": "\\{31, 77, 1303\\}"},
        right="So it is $\\{77, 31, 1303\\}$: \\boxed{31, 77, 1303}",
    ),
    Item(
        verifier="stem", reference={"answer": "9.8131 m/s^2"}, right="\\boxed{981.31\\ \\mathrm{cm\\,s^{-2}}}"
    ),
    Item(
        verifier="stem",
        reference={"answer": "8317 J/(mol K)", "rel": 0.001},
        right="Answer: 8.317 kJ mol^{-1} K^{-1}",
    ),
    Item(verifier="stem", reference={"answer": "photosynthesis"}, right="**Answer:** Photosynthesis"),
    Item(
        verifier="stem", reference={"answer": [31, 77.25, "5131 m"]}, right="\\boxed{[31, 77.25, 5.131 km]}"
    ),
    Item(
        verifier="stem",
        reference={"answer": "B", "choices": ["iron", "helium", "neon", "gold"]},
        right="The answer is (B) helium.",
        floor=1.0,
    ),
    Item(verifier="stem", reference={"answer": "\\frac{1}{2} m v^2"}, right="\\boxed{\\frac{m v^2}{2}}"),
    Item(
        verifier="instruction",
        reference={
            "instruction_id_list": ["keywords:existence"],
            "kwargs": [{"keywords": ["zyxqv", "qwfpg"]}],
        },
        right="I like zyxqv and qwfpg.",
    ),
    Item(
        verifier="instruction",
        reference={
            "instruction_id_list": [
                "punctuation:no_comma",
                "language:response_language",
                "keywords:existence",
            ],
            "kwargs": [{}, {"language": "en"}, {"keywords": ["zyxqv"]}],
        },
        right="I like my old zyxqv and the cats that live in this house.",
        floor=0.7,
    ),
    Item(
        verifier="instruction:all",
        reference={
            "instruction_id_list": ["detectable_format:json_format", "keywords:existence"],
            "kwargs": [{}, {"keywords": ["zyxqv"]}],
        },
        right='{"word": "zyxqv"}',
    ),
    Item(
        verifier="puzzle",
        reference={
            "dataset": "chain_sum",
            "entry": {"question": "104729 + 2", "answer": "104731", "metadata": {}},
        },
        right="<answer>104731</answer>",
    ),
    Item(verifier="code", reference=CODE, right="```python\ndef f(x):\n    return x + 104729\n```", weight=1),
)
PIECES: Final = (
    *(
        "\\boxed{",
        "}",
        "{",
        "(",
        ")",
        "[",
        "]",
        "\\frac{",
        "^{",
        "^",
        "_",
        "$",
        "\\(",
        "\\[",
        "\\text{",
        "\\sqrt{",
        "\\left(",
    ),
    *(
        "9**9**9**9",
        "1e999",
        "10^{10^{10}}",
        "100!!!",
        "\\binom{10^9}{7}",
        "0/0",
        "nan",
        "inf",
        "-0",
        "\\pm",
        "\\infty",
    ),
    *(
        "the answer is ",
        "Answer: ",
        "#### ",
        "</think>",
        "<think>",
        "<answer>",
        "</answer>",
        "```python\n",
        "```",
        "**",
    ),
    *(
        " or ",
        " and ",
        ", ",
        ";",
        "\n",
        "\n\n",
        "\t",
        "\r",
        "\x00",
        "\ud800",
        "\udfff",
        "\u202e",
        "\u200b",
        "\ufeff",
        "\U0001d7d9",
    ),
    *(
        "A",
        "e",
        "x",
        "True",
        "not ",
        "None",
        "[]",
        "{}",
        '"',
        "'",
        "\\",
        "%",
        "°C",
        " m/s",
        "\\mathrm{",
        "µ",
        "i",
        "=",
        "<",
        "~",
    ),
    *(
        "import os\nos._exit(0)",
        "__import__('os')",
        "lambda: 0",
        "exit()",
        "\\begin{pmatrix}",
        "\\end{pmatrix}",
        "\\\\",
        "&",
    ),
)
BROKEN: Final[tuple[Any, ...]] = (
    *(
        None,
        True,
        0,
        -1,
        1.5,
        1e308,
        "",
        " ",
        "\x00",
        "\ud800",
        [],
        {},
        [[]],
        {"a": 1},
        [None],
        "9" * 5000,
        "x" * 30_000,
    ),
    *("\\boxed{", "{" * 500, "B", ["A", "B"], {"answer": {"answer": "1"}}, 10**400, "math", "no such", -0.0),
)


def fuzz(items: Sequence[Item], count: int, seed: int, *, show: bool = False) -> Report:
    """Grade `count` rows made of `items`; equal arguments make equal rows."""
    draw, report = random.Random(seed), Report()
    with LocalGrader() as grader, rich.progress.Progress(disable=not show) as progress:
        task = progress.add_task("fuzz", total=count)
        while not progress.finished and sum(report.statuses.values()) < count:
            made = [_row(draw, items) for _ in range(min(BATCH, count - sum(report.statuses.values())))]
            found = grade_rows(grader, [row for _, _, row in made])
            report.findings += _slow(grader, [row for _, _, row in made], found)
            for (kind, item, row), verdict in zip(made, found, strict=True):
                report.statuses[str(row["verifier"]), verdict["status"]] += 1
                wrong = _wrong(kind, item, row, verdict)
                if wrong:
                    report.findings.append(Finding(wrong, row, verdict))
            progress.advance(task, len(made))
    return report


def _row(draw: random.Random, items: Sequence[Item]) -> tuple[str, Item, dict[str, Any]]:
    """One row, the item that it is made of, and how: `right`, `mutated`, `junk` or `broken`."""
    (item,) = draw.choices(items, [each.weight for each in items])
    (kind,) = draw.choices(("right", "mutated", "junk", "broken"), (5, 60, 25, 10))
    response: Any = item.right
    reference: Any = item.reference
    if kind == "mutated":
        other = draw.choice(items).right
        response = _mutated(draw, item.right, other)
    elif kind == "junk":
        response = "".join(_junk(draw))
    elif kind == "broken":
        reference = _broken(draw, item.reference)
        response = draw.choice((item.right, item.right, item.right, None, 5, ["x"], {}))
    row = {
        "id": str(draw.getrandbits(64)),
        "verifier": item.verifier,
        "response": response,
        "reference": reference,
    }
    return kind, item, row


def _mutated(draw: random.Random, text: str, other: str) -> str:
    for _ in range(draw.choice((1, 1, 2, 3, 5, 8))):
        at, length = draw.randrange(len(text) + 1), draw.choice((1, 1, 2, 5, 20))
        before, part, after = text[:at], text[at : at + length], text[at + length :]
        text = draw.choice(
            (
                before + after,
                before + part * draw.choice((2, 3, 50, 3000)) + after,
                before + draw.choice(PIECES) + part + after,
                before + draw.choice(PIECES) * draw.choice((2, 30, 2000)) + part + after,
                before + part[::-1] + after,
                before + part.swapcase() + after,
                before
                + chr(draw.choice((0x30, 0x80, 0x300, 0x2000, 0xD800, 0x1D7CE)) + draw.randrange(64))
                + after,
                before + other + after,
                f"<think>{other}</think>{text}",
                f"{text}\n{other}",
            )
        )
    return text


def _junk(draw: random.Random) -> Iterator[str]:
    for _ in range(draw.choice((1, 2, 5, 12, 40))):
        yield draw.choice((*PIECES, str(draw.randrange(30)), chr(draw.randrange(0x20, 0x2FFF))))
        if not draw.randrange(40):
            yield draw.choice(PIECES) * draw.choice((100, 5000))


def _broken(draw: random.Random, reference: dict[str, Any]) -> Any:
    """The reference with one value put in another's place, at any depth, or a key missing."""
    if not draw.randrange(8):
        return draw.choice(BROKEN)
    broken = json.loads(json.dumps(reference))
    place = broken
    while True:
        key = draw.choice(list(place) if isinstance(place, dict) else range(len(place)))
        if isinstance(place[key], dict | list) and place[key] and draw.randrange(3):
            place = place[key]
        elif draw.randrange(5):
            place[key] = draw.choice(BROKEN)
            return broken
        else:
            del place[key]
            return broken


def _wrong(kind: str, item: Item, row: dict[str, Any], verdict: dict[str, Any]) -> str:
    """What is wrong with a verdict; empty where nothing is."""
    failed = verdict["status"] == "infra_error"
    unnamed = failed and re.match(
        r"\w*(?:Error|Exception|Interrupt|Exit|Iteration)\b", str(verdict["detail"])
    )
    if unnamed or (kind != "broken" and verdict["reward"] is None):
        return "crash"
    if verdict["id"] != row["id"] or (kind == "right" and verdict["reward"] != 1.0):
        return "order"
    if kind == "junk" and verdict["reward"] > item.floor:
        return "junk"
    return ""


def _slow(
    grader: LocalGrader, rows: Sequence[dict[str, Any]], found: Sequence[dict[str, Any]]
) -> Iterator[Finding]:
    """Rows that take too long; each is graded alone where all of a verifier's took long together."""
    together: defaultdict[str, float] = defaultdict(float)
    for row, verdict in zip(rows, found, strict=True):
        together[row["verifier"]] += verdict["wall_ms"]
    for row in rows:
        if together[row["verifier"]] > MAX_SECONDS * 1000:
            (alone,) = grade_rows(grader, [row])
            if alone["wall_ms"] > MAX_SECONDS * 1000:
                yield Finding("slow", row, alone)


def every_puzzle() -> list[Item]:
    """One item of each dataset of Reasoning Gym; their floors are the audit's affair."""
    import reasoning_gym  # noqa: PLC0415 - it takes seconds, and only this asks for it
    from reasoning_gym.factory import DATASETS  # noqa: PLC0415

    items = []
    for name in sorted(set(DATASETS) - {"composite"}):
        entry = json.loads(json.dumps(reasoning_gym.create_dataset(name, size=1, seed=7)[0], default=str))
        if isinstance(entry["answer"], str):
            reference = {"dataset": name, "entry": entry}
            items.append(
                Item(
                    verifier="puzzle",
                    reference=reference,
                    right=f"<answer>{entry['answer']}</answer>",
                    floor=1.0,
                )
            )
    return items


def main() -> int:
    """Run, and say what was found."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--count", type=int, default=100_000)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--verifier", action="append", help="only this one; may be given several times")
    arguments.add_argument(
        "--every-puzzle", action="store_true", help="one item of every puzzle, beside the others"
    )
    arguments.add_argument(
        "--save", type=argparse.FileType("w"), help="write the findings there, a line each"
    )
    options = arguments.parse_args()
    items = [*ITEMS, *(every_puzzle() if options.every_puzzle else [])]
    report = fuzz(
        [item for item in items if item.verifier in (options.verifier or [item.verifier])],
        options.count,
        options.seed,
        show=True,
    )
    for (verifier, status), number in sorted(report.statuses.items()):
        print(f"{verifier:16} {status:12} {number}")  # noqa: T201 - what it is for
    for finding in report.findings:
        shown = json.dumps([finding.row, finding.verdict])
        print(f"{finding.kind}: {shown[:MAX_SHOWN_CHARS]}")  # noqa: T201
        if options.save:
            options.save.write(
                json.dumps({"kind": finding.kind, "row": finding.row, "verdict": finding.verdict}) + "\n"
            )
    print(f"{len(report.findings)} findings in {sum(report.statuses.values())} rows")  # noqa: T201
    return bool(report.findings)


if __name__ == "__main__":
    sys.exit(main())
