"""Runs in the sandbox: the assertions of a test, against a program that lives in another process.

Names that the program defines are asked of it over standard input and output, a line of JSON each way
(`rewards.programs.inside.assert_server`). Its plain values arrive as such, by exact type; anything else stays
over there, can be called, read and walked through, and equals nothing. The program never shares a process
with what the test expects.
"""

import builtins
import json
import os
import sys
from typing import Any

from sandbox.inside import call

_ENDED_EARLY = 3
_FUNCTIONS: list[Any] = []
"""Functions of the test that the program was given."""


class Elsewhere(Exception):
    """The program raised something that has no name here."""


class Remote:
    """A value that stays with the program."""

    def __init__(self, handle: int) -> None:
        self.__dict__["_handle"] = handle

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call it there; lists and the like that it changed are changed here too."""
        return _ask("call", self, *arguments, **named)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)  # what Python and its library look for on their own
        return _ask("attribute", self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        _ask("set_attribute", self, name, value)

    def __getitem__(self, key: Any) -> Any:
        return _ask("item", self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        _ask("set_item", self, key, value)

    def __delitem__(self, key: Any) -> None:
        _ask("delete_item", self, key)

    def __len__(self) -> int:
        length = _ask("length", self)
        if type(length) is not int:
            raise TypeError("a length that is no number")
        return length

    def __iter__(self) -> Any:
        return iter(_ask("walk", self))

    def __next__(self) -> Any:
        return _ask("next", self)

    def __str__(self) -> str:
        return str(_ask("text", self))

    def __repr__(self) -> str:
        return str(_ask("representation", self))

    def __instancecheck__(self, instance: Any) -> bool:
        """Whether there a value is of this class."""
        return _ask("instance", self, instance) is True

    def __hash__(self) -> int:
        return int(self._handle)

    def __eq__(self, other: object) -> bool:
        """Refuse, but of two that stay there: what the program says of its equality is not to be believed."""
        if isinstance(other, Remote):
            return bool(self._handle == other._handle)
        if other is None:
            return False
        raise TypeError("the program returned no plain value")

    def __bool__(self) -> bool:
        raise TypeError("the program returned no plain value")


class Names(dict):  # type: ignore[type-arg]
    """The test's globals: its own, then Python's and what contest sites import, then the program's.

    A program's own `abs` would else decide how near is near enough. `theirs` are the names that the program
    is asked for first.
    """

    def __init__(self, theirs: list[str]) -> None:
        super().__init__(__name__="__main__", run_cases=_run_cases)
        self._theirs = theirs
        self._imported: dict[str, Any] = {}
        exec(call.PRELUDE, self._imported)  # noqa: S102 - this file runs in the sandbox alone

    def __missing__(self, name: str) -> Any:
        known = self._imported.get(name, getattr(builtins, name, Names))
        if known is not Names and name not in self._theirs:
            return known
        found = _ask("name", None, missing_name=name)
        if found is not Names:
            return found
        if known is Names:
            raise KeyError(name)
        return known


class Solution(type(sys)):  # type: ignore[misc]
    """The module from which some tests import what they test."""

    def __getattr__(self, name: str) -> Any:
        found = Names if name.startswith("__") else _ask("name", None, missing_name=name)
        if found is Names:
            raise AttributeError(name)
        return found


def _ask(do: str, target: Remote | None, /, *arguments: Any, missing_name: str = "", **named: Any) -> Any:
    """What the program says, or `Names` where it has no such name."""
    mark = os.urandom(8).hex()
    handle = None if target is None else target._handle
    coded = {"arguments": _coded(list(arguments)), "named": _coded(named)}
    _write({"mark": mark, "do": do, "handle": handle, "name": missing_name, **coded})
    answer = _read_line()
    while "function" in answer:
        _write(_called_back(answer))
        answer = _read_line()
    if answer["mark"] != mark:
        os._exit(_ENDED_EARLY)
    if "missing" in answer:
        return Names
    if "error" in answer:
        kind, message = answer["error"]
        raise _error(str(kind), walking=do == "next")(str(message))
    for argument, after in zip(arguments, answer.get("after", ()), strict=False):
        _take_over(argument, after)
    return _received(answer["value"])


def _called_back(said: dict[str, Any]) -> dict[str, Any]:
    function = _FUNCTIONS[said["function"]]
    try:
        return {"returned": _coded(function(*_received(said["arguments"]), **_received(said["named"])))}
    except Exception as error:  # noqa: BLE001 - the test's own, for the program to see
        return {"raised": [type(error).__name__, str(error)]}


def _write(said: dict[str, Any]) -> None:
    sys.__stdout__.write(json.dumps(said) + "\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]


def _read_line() -> dict[str, Any]:
    line = sys.__stdin__.readline()  # type: ignore[union-attr]
    if not line:
        os._exit(_ENDED_EARLY)  # the program is gone, and no test may make light of that
    return dict(json.loads(line))


def _error(name: str, *, walking: bool) -> type[Exception]:
    known = getattr(builtins, name, None)
    if known is StopIteration and not walking:
        return RuntimeError  # or it would end the test's own loop, and what that asserts
    return known if isinstance(known, type) and issubclass(known, Exception) else Elsewhere


def _coded(value: Any) -> str:
    return call.encode(value, _ours)


def _ours(value: Any) -> object:
    if isinstance(value, Remote):
        return value._handle
    if callable(value):
        _FUNCTIONS.append(value)
        return {"function": len(_FUNCTIONS) - 1}
    if not hasattr(value, "__iter__"):
        raise call.NotPlain(f"it holds a {type(value).__name__}")
    return {"rows": _coded(list(value)), "once": hasattr(value, "__next__")}


def _received(text: str) -> Any:
    return call.decode(text, lambda content: Remote(int(content)))


def _take_over(argument: Any, after: Any) -> None:
    """Change a list, dict or set here as the program did there."""
    if after is None or type(argument) not in (list, dict, set):
        return
    now: Any = _received(after)
    if type(now) is type(argument) and call.encode(now, _ours) != call.encode(argument, _ours):
        argument.clear()
        (argument.extend if type(argument) is list else argument.update)(now)


def _run_cases(*cases: Any) -> None:
    """Run classes of `unittest`."""
    import unittest

    for case in cases:
        result = unittest.TextTestRunner(sys.stderr).run(
            unittest.defaultTestLoader.loadTestsFromTestCase(case)
        )
        if not result.wasSuccessful():
            os._exit(1)


def judge(script: str, theirs: list[str]) -> None:
    """Run the assertions; leaves with 0 only where they hold to their end.

    Args:
        script: the assertions.
        theirs: names that are the program's though Python has such ones.
    """
    sys.modules["solution"] = Solution("solution")
    if "unittest" in script:
        import unittest

        unittest.main = lambda *_, **__: None  # type: ignore[assignment] # `run_cases` follows the script
    exec(compile(script, "test.py", "exec"), Names(theirs))  # noqa: S102 - this file runs in the sandbox alone
