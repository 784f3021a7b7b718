"""Rows of APPS, TACO, CodeContests, Codeforces (open-r1) and LiveCodeBench as `code` references.

A row's time limit is for each test; then the limit for all together is that times their number.

Not covered: problems that are judged by talking with the program, or that read and write files.
"""

import base64
import binascii
import json
import pickletools
import re
import zlib
from collections.abc import Mapping
from typing import Any, Final

from rewards.errors import BadReference, GradingError
from rewards.programs.task import DEFAULT_SECONDS, MAX_MIB, MAX_SECONDS

MAX_PACKED_BYTES: Final = 512 * 1024 * 1024
"""Of LiveCodeBench's packed tests, unpacked."""
_TEXT_OPCODES: Final = frozenset({"BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "UNICODE"})
_FRAME_OPCODES: Final = frozenset({"PROTO", "FRAME", "MEMOIZE", "BINPUT", "LONG_BINPUT", "PUT", "STOP"})
_SECONDS: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:s|sec|secs|second|seconds)?\s*", re.IGNORECASE)


def from_apps(row: Mapping[str, Any]) -> dict[str, Any]:
    """`input_output`: `{"inputs", "outputs", "fn_name"?}` as JSON; TACO adds a `time_limit`."""
    cases = _object(row, "input_output")
    pairs = _pairs(cases, ("inputs", "outputs"), "input_output")
    called = cases.get("fn_name")
    if called is None:
        return {"tests": [_printed(pair, "input_output") for pair in pairs], **_limits(row, len(pairs))}
    if not isinstance(called, str) or not all(isinstance(given, list) for given, _ in pairs):
        raise BadReference("'input_output' has a 'fn_name' that is no name, or inputs that are no arguments")
    # Some rows wrap each value in a list and some do not; the set's own grader takes either.
    tests = [
        {
            "args": given,
            "any": [wanted, *wanted] if isinstance(wanted, list) and len(wanted) == 1 else [wanted],
        }
        for given, wanted in pairs
    ]
    return {"entry_point": called, "tests": tests, **_limits(row, len(tests))}


def from_codecontests(row: Mapping[str, Any]) -> dict[str, Any]:
    """`public_tests`, `private_tests` and `generated_tests`: `{"input": [...], "output": [...]}` each."""
    if row.get("input_file") or row.get("output_file"):
        raise GradingError("the problem reads or writes files, and programs are judged by what they print")
    tests = []
    for key in ("public_tests", "private_tests", "generated_tests"):
        if row.get(key) is not None:
            tests += [_printed(pair, key) for pair in _pairs(_object(row, key), ("input", "output"), key)]
    return {"tests": tests, **_limits(row, len(tests))}


def from_codeforces(row: Mapping[str, Any]) -> dict[str, Any]:
    """`official_tests`: `[{"input", "output"}]`, `generated_checker`, `time_limit`, `memory_limit` (MB)."""
    if row.get("input_mode") not in (None, "stdio"):
        raise GradingError(
            f"'input_mode' is {row['input_mode']!r:.80}, and programs are judged by what they print"
        )
    if row.get("interaction_format"):
        raise GradingError(
            "the problem is judged by talking with the program, and the row has nothing to talk"
        )
    tests = [_case(each, "official_tests") for each in _list(row, "official_tests")]
    reference = {"tests": tests, **_limits(row, len(tests))}
    checker = row.get("generated_checker")
    if checker:
        reference["checker"] = {"source": checker, "convention": "score"}
    return reference


def from_livecodebench(row: Mapping[str, Any]) -> dict[str, Any]:
    """`public_test_cases` and `private_test_cases` (JSON, or packed), `metadata` with a `func_name`."""
    public = _cases(row, "public_test_cases")
    hidden = _cases(row, "private_test_cases") if row.get("private_test_cases") else []
    metadata = _object(row, "metadata") if row.get("metadata") else {}
    called = metadata.get("func_name")
    if not called:
        return {"tests": [_case(each, "public_test_cases") for each in [*public, *hidden]]}
    tests = []
    for each in [*public, *hidden]:
        case = _case(each, "public_test_cases")
        arguments = [_json(line, "public_test_cases") for line in case["stdin"].split("\n") if line.strip()]
        tests.append({"args": arguments, "expected": _json(case["stdout"], "public_test_cases")})
    return {"entry_point": called, "tests": tests}


def _cases(row: Mapping[str, Any], key: str) -> list[Any]:
    value = row[key]
    if isinstance(value, str) and not value.lstrip().startswith("["):
        value = _unpacked(value, key)
    cases = _json(value, key) if isinstance(value, str) else value
    if not isinstance(cases, list):
        raise BadReference(f"{key!r} is a list of tests, not {type(cases).__name__}")
    return cases


def _unpacked(text: str, key: str) -> str:
    """The one text in a pickle, zipped and in base 64. Nothing is unpickled, which would run it."""
    try:
        unzip = zlib.decompressobj()
        content = unzip.decompress(base64.b64decode(text, validate=True), MAX_PACKED_BYTES)
        opcodes = [(opcode.name, argument) for opcode, argument, _ in pickletools.genops(content)]
    except (binascii.Error, zlib.error, ValueError, IndexError) as error:
        raise BadReference(f"{key!r} is neither JSON nor packed JSON: {error}") from error
    texts = [argument for name, argument in opcodes if name in _TEXT_OPCODES]
    others = {name for name, _ in opcodes} - _TEXT_OPCODES - _FRAME_OPCODES
    if not unzip.eof or len(texts) != 1 or others:
        raise BadReference(f"{key!r} packs something else than one text")
    return str(texts[0])


def _limits(row: Mapping[str, Any], count: int) -> dict[str, float]:
    """The row's own limits; a missing or unreadable one is none."""
    limits = {}
    seconds = _seconds(row.get("time_limit"))
    if 0 < seconds <= MAX_SECONDS:
        limits = {
            "test_seconds": seconds,
            "total_seconds": min(MAX_SECONDS, max(DEFAULT_SECONDS, seconds * count)),
        }
    memory = row.get("memory_limit")
    if isinstance(memory, int | float) and not isinstance(memory, bool) and 64 <= memory <= MAX_MIB:
        limits["memory_mib"] = float(memory)
    return limits


def _seconds(limit: object) -> float:
    if isinstance(limit, Mapping):
        parts = [limit.get("seconds") or 0, limit.get("nanos") or 0]
        return parts[0] + parts[1] / 1e9 if all(isinstance(part, int | float) for part in parts) else 0.0
    if isinstance(limit, str):
        match = _SECONDS.fullmatch(limit)
        return float(match[1]) if match else 0.0
    return float(limit) if isinstance(limit, int | float) and not isinstance(limit, bool) else 0.0


def _case(case: object, key: str) -> dict[str, str]:
    if not isinstance(case, Mapping) or not all(
        isinstance(case.get(each), str) for each in ("input", "output")
    ):
        raise BadReference(f"{key!r} holds a test that is not {{'input': TEXT, 'output': TEXT}}")
    return {"stdin": case["input"], "stdout": case["output"]}


def _pairs(cases: Mapping[str, Any], keys: tuple[str, str], field: str) -> list[tuple[Any, Any]]:
    """Inputs with their outputs."""
    inputs, outputs = (_list(cases, key, field) for key in keys)
    if len(inputs) != len(outputs):
        raise BadReference(f"{field!r} has {len(inputs)} inputs and {len(outputs)} outputs")
    return list(zip(inputs, outputs, strict=True))


def _printed(pair: tuple[Any, Any], field: str) -> dict[str, str]:
    return {"stdin": _joined(pair[0], field), "stdout": _joined(pair[1], field)}


def _joined(value: object, key: str) -> str:
    """A text, or its lines."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "\n".join(value)
    if not isinstance(value, str):
        raise BadReference(f"{key!r} holds an input or output that is neither text nor lines: {value!r:.80}")
    return value


def _object(row: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = row.get(key)
    value = _json(value, key) if isinstance(value, str) else value
    if not isinstance(value, Mapping):
        raise BadReference(f"{key!r} is an object, not {type(value).__name__}")
    return value


def _list(row: Mapping[str, Any], key: str, within: str = "") -> list[Any]:
    value = row.get(key)
    if not isinstance(value, list):
        of = f" of {within!r}" if within else ""
        raise BadReference(f"{key!r}{of} is a list, not {type(value).__name__}")
    return value


def _json(text: str, key: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadReference(f"{key!r} is not JSON: {error}") from error
