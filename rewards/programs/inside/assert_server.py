"""Runs in the sandbox: a program that a test in another process asks for names, calls and items.

The other half of `rewards.programs.inside.assert_judge`. Whatever this process says is the program's word.
"""

import builtins
import itertools
import json
import os
import sys
from collections.abc import Callable
from typing import Any

from sandbox.inside import call

MOST_WALKED = 100_000


class Server:
    """Answers questions about one program.

    Each question is a line of JSON with a mark that the answer repeats. While a call is under way the
    program may call a function of the test's, and be asked again before that returns.
    """

    def __init__(self) -> None:
        self._questions, self._answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
        self._kept: list[Any] = []
        self._handles: dict[int, int] = {}
        self._namespace: dict[str, Any] = {"__name__": "solution"}
        exec(call.PRELUDE, self._namespace)  # noqa: S102 - this file runs in the sandbox alone
        self._before = dict(self._namespace)
        self._failure: BaseException | None = None

    def run(self, code: Any) -> None:
        """Run the program; what it raises, the test is told when it asks."""
        try:
            exec(code, self._namespace)  # noqa: S102 - this file runs in the sandbox alone
        except BaseException as error:  # noqa: BLE001 - the program's own
            self._failure = error

    def answer_all(self) -> None:
        """Answer until there are no more questions."""
        for line in self._questions:
            self._answer(json.loads(line))

    def _answer(self, question: dict[str, Any]) -> None:
        try:
            if self._failure is not None:
                raise self._failure
            told = self._told(question)
        except BaseException as error:  # noqa: BLE001 - the program's own, for the test to see
            told = {"error": [type(error).__name__, str(error)[:500]]}
        self._write({**told, "mark": question["mark"]})

    def _told(self, question: dict[str, Any]) -> dict[str, Any]:
        if question["do"] == "name":
            name = question["name"]
            own = name in self._namespace and self._namespace[name] is not self._before.get(
                name, self._before
            )
            return {"value": self._coded(self._namespace[name])} if own else {"missing": True}
        arguments, named = self._read(question["arguments"]), self._read(question["named"])
        target = self._kept[question["handle"]]
        if question["do"] != "call":
            return {"value": self._coded(_done(question["do"], target, arguments))}
        told = {"value": self._coded(target(*arguments, **named))}
        return {**told, "after": [self._changed(argument) for argument in arguments]}

    def _coded(self, value: Any) -> str:
        return call.encode(value, self._keep)

    def _keep(self, value: Any) -> int:
        handle = self._handles.setdefault(id(value), len(self._kept))
        if handle == len(self._kept):
            self._kept.append(value)
        return handle

    def _read(self, text: str) -> Any:
        return call.decode(text, self._theirs)

    def _theirs(self, content: Any) -> Any:
        """A value that the program gave out before, or a function or an iterator of the test's."""
        if isinstance(content, int):
            return self._kept[content]
        if "function" in content:
            return self._calling_back(content["function"])
        rows = self._read(content["rows"])
        return iter(rows) if content["once"] else rows

    def _calling_back(self, number: int) -> Callable[..., Any]:
        def function(*arguments: Any, **named: Any) -> Any:
            coded = {"arguments": self._coded(list(arguments)), "named": self._coded(named)}
            self._write({"function": number, **coded})
            while True:
                said = json.loads(self._questions.readline())
                if "returned" in said:
                    return self._read(said["returned"])
                if "raised" in said:
                    known = getattr(builtins, said["raised"][0], None)
                    raise (known if isinstance(known, type) else RuntimeError)(said["raised"][1])
                self._answer(said)

        return function

    def _changed(self, argument: Any) -> str | None:
        return self._coded(argument) if type(argument) in (list, dict, set) else None

    def _write(self, said: dict[str, Any]) -> None:
        self._answers.write(json.dumps(said) + "\n")
        self._answers.flush()


def _done(what: str, target: Any, arguments: list[Any]) -> Any:
    match what:
        case "attribute":
            return getattr(target, arguments[0])
        case "set_attribute":
            return setattr(target, *arguments)
        case "item":
            return target[arguments[0]]
        case "set_item":
            target[arguments[0]] = arguments[1]
            return None
        case "delete_item":
            del target[arguments[0]]
            return None
        case "instance":
            return isinstance(arguments[0], target)
        case "walk":
            return list(itertools.islice(target, MOST_WALKED))
    asked: dict[str, Callable[[Any], Any]] = {
        "length": len,
        "next": next,
        "text": str,
        "representation": repr,
    }
    return asked[what](target)


def serve(program: str) -> None:
    """Run the program, then answer questions until there are no more."""
    server = Server()
    os.dup2(2, 1)
    os.close(0)
    os.open("/dev/null", os.O_RDONLY)
    sys.setrecursionlimit(20_000)
    try:
        code = compile(program, "solution.py", "exec")
    except (SyntaxError, ValueError) as error:
        # Told as Python tells it, without a traceback: nothing ran.
        sys.excepthook(type(error), error.with_traceback(None), None)
        os._exit(1)
    server.run(code)
    server.answer_all()
