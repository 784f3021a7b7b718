"""Runs in the sandbox: one assertion of a test, against a program that lives in another process.

Names that the program defines are asked of it over standard input and output, a line of JSON each way
(`rewards.tasks.assert_server`). Its plain values arrive as such, by exact type; anything else stays over
there, can be called, read and walked through, and equals nothing. The program never shares a process
with what the test expects.
"""

import builtins
import json
import sys
from typing import Any

from sandbox.inside import call


class Elsewhere(Exception):
    """The program raised something that has no name here, or is gone."""


class Remote:
    """A value that stays with the program."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call it there; lists and the like that it changed are changed here too."""
        return _ask({"do": "call", "handle": self._handle}, arguments, named)

    def __getattr__(self, name: str) -> Any:
        """Read an attribute there."""
        return _ask({"do": "attribute", "handle": self._handle, "name": name})

    def __getitem__(self, key: Any) -> Any:
        """Read an item there."""
        return _ask({"do": "item", "handle": self._handle}, (key,))

    def __len__(self) -> int:
        """Its length there."""
        length = _ask({"do": "length", "handle": self._handle})
        if type(length) is not int:
            raise TypeError("a length that is no number")
        return length

    def __iter__(self) -> Any:
        """Walk through what it yields there."""
        return iter(_ask({"do": "walk", "handle": self._handle}))

    def __bool__(self) -> bool:
        """Refuse: what it says of its truth is not to be believed."""
        raise TypeError("the program returned no plain value")


class Names(dict):  # type: ignore[type-arg]
    """The test's globals: its own, then the program's, then what contest sites import, then built-ins."""

    def __init__(self) -> None:
        self._imported: dict[str, Any] = {}
        exec(call.PRELUDE, self._imported)  # noqa: S102 - this file runs in the sandbox alone

    def __missing__(self, name: str) -> Any:
        found = _ask({"do": "name", "name": name}, missing=self)
        if found is not self:
            return found
        if name in self._imported:
            return self._imported[name]
        return getattr(builtins, name) if hasattr(builtins, name) else _no_name(name)


def _no_name(name: str) -> Any:
    raise KeyError(name)


def _ask(question: dict[str, Any], arguments: Any = (), named: Any = None, missing: Any = None) -> Any:
    question["arguments"] = [_sent(argument) for argument in arguments]
    question["named"] = {name: _sent(value) for name, value in (named or {}).items()}
    sys.__stdout__.write(json.dumps(question) + "\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]
    answer = json.loads(sys.__stdin__.readline() or '{"error": ["EOFError", "the program is gone"]}')  # type: ignore[union-attr]
    if "missing" in answer:
        return missing
    if "error" in answer:
        kind, message = answer["error"]
        raise _error(str(kind))(str(message))
    for argument, after in zip(arguments, answer.get("after", ()), strict=False):
        _take_over(argument, after)
    return _received(answer)


def _error(name: str) -> type[Exception]:
    known = getattr(builtins, name, None)
    return known if isinstance(known, type) and issubclass(known, Exception) else Elsewhere


def _sent(value: Any) -> list[Any]:
    return ["handle", value._handle] if isinstance(value, Remote) else ["plain", call.encode(value)]  # noqa: SLF001


def _received(answer: dict[str, Any]) -> Any:
    return call.decode(answer["plain"]) if "plain" in answer else Remote(int(answer["handle"]))


def _take_over(argument: Any, after: Any) -> None:
    """Change a list, dict or set here as the program did there."""
    if after is None or type(argument) not in (list, dict, set):
        return
    now: Any = call.decode(after)
    if type(now) is type(argument) and now != argument:
        argument.clear()
        (argument.extend if type(argument) is list else argument.update)(now)


def judge(assertion: str) -> None:
    """Run the assertion; leaves with 0 only where it holds to its end."""
    exec(compile(assertion, "test.py", "exec"), Names())  # noqa: S102 - this file runs in the sandbox alone
