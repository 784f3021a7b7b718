# MUST: functions that a program replaces in its process decide nothing | KIND: spoof
import builtins
import os
import sys


class Agreeable(str):
    __slots__ = ()

    def __eq__(self, other):
        return True

    def strip(self, *_):
        return self

    __hash__ = str.__hash__


frame = sys._getframe()
while frame := frame.f_back:
    for name, value in list(frame.f_globals.items()):
        if callable(value) and any(
            word in name for word in ("report", "send", "exit", "compare", "judge", "fail")
        ):
            frame.f_globals[name] = lambda *_, **__: Agreeable("ok")
for module, name in ((os, "_exit"), (sys, "exit"), (os, "write"), (sys, "excepthook"), (builtins, "repr")):
    setattr(module, name, lambda *_, **__: 0)
sys.stdout = sys.stderr = None
raise ValueError("which nobody may report")
