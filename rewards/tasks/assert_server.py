"""Runs in the sandbox: a program that a test in another process asks for names, calls and items.

The other half of `rewards.tasks.assert_judge`. Whatever this process says is the program's word.
"""

import itertools
import json
import os
import sys
from typing import Any

from sandbox.inside import call

MOST_WALKED = 100_000


def serve(program: str) -> None:
    """Run the program, then answer questions until there are no more."""
    questions, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    os.close(0)
    os.open("/dev/null", os.O_RDONLY)
    sys.setrecursionlimit(20_000)
    namespace: dict[str, Any] = {"__name__": "solution"}
    exec(call.PRELUDE, namespace)  # noqa: S102 - this file runs in the sandbox alone
    before = dict(namespace)
    kept: list[Any] = []
    failure: BaseException | None = None
    try:
        exec(compile(program, "solution.py", "exec"), namespace)  # noqa: S102
    except BaseException as error:  # noqa: BLE001 - the test is told when it asks
        failure = error
    for line in questions:
        try:
            if failure is not None:
                raise failure
            answer = _answer(json.loads(line), namespace, before, kept)
        except BaseException as error:  # noqa: BLE001 - the program's own, for the test to see
            answer = {"error": [type(error).__name__, str(error)[:500]]}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _answer(
    question: dict[str, Any], namespace: dict[str, Any], before: dict[str, Any], kept: list[Any]
) -> dict[str, Any]:
    if question["do"] == "name":
        name = question["name"]
        own = name in namespace and namespace[name] is not before.get(name, before)
        return _told(namespace[name], kept) if own else {"missing": True}
    arguments = [_read(argument, kept) for argument in question["arguments"]]
    value = _done(question, kept[question["handle"]], arguments, kept)
    told = _told(value, kept)
    if question["do"] == "call":
        told["after"] = [_changed(argument) for argument in arguments]
    return told


def _done(question: dict[str, Any], target: Any, arguments: list[Any], kept: list[Any]) -> Any:
    match question["do"]:
        case "call":
            named = {name: _read(value, kept) for name, value in question["named"].items()}
            return target(*arguments, **named)
        case "attribute":
            return getattr(target, question["name"])
        case "item":
            return target[arguments[0]]
        case "length":
            return len(target)
        case "walk":
            return list(itertools.islice(target, MOST_WALKED))
    raise ValueError(f"no way to do {question['do']!r}")


def _read(argument: list[Any], kept: list[Any]) -> Any:
    kind, content = argument
    return kept[content] if kind == "handle" else call.decode(content)


def _told(value: Any, kept: list[Any]) -> dict[str, Any]:
    try:
        return {"plain": call.encode(value)}
    except (call.NotPlain, RecursionError):
        kept.append(value)
        return {"handle": len(kept) - 1}


def _changed(argument: Any) -> str | None:
    if type(argument) not in (list, dict, set):
        return None
    try:
        return call.encode(argument)
    except (call.NotPlain, RecursionError):
        return None
