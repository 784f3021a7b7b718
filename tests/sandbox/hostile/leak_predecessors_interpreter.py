# MUST: nothing that a program changes in its interpreter reaches the next one | KIND: leak
import builtins
import decimal
import json
import locale
import random
import sys

before = {
    "a builtin": hasattr(builtins, "left_over"),
    "a module": "left_over" in sys.modules,
    "an attribute": hasattr(json, "left_over"),
    "the path": "/left-over" in sys.path,
    "the recursion limit": sys.getrecursionlimit() == 4321,
    "the precision": decimal.getcontext().prec == 77,
    "the switch interval": sys.getswitchinterval() == 0.123,
    "the random state": random.getstate() == random.Random(4321).getstate(),
}
for what, left in before.items():
    if left:
        print("ESCAPED: the predecessor left", what, flush=True)
builtins.left_over = json.left_over = 1
sys.modules["left_over"] = sys
sys.path.insert(0, "/left-over")
sys.setrecursionlimit(4321)
sys.setswitchinterval(0.123)
decimal.getcontext().prec = 77
random.seed(4321)
locale.setlocale(locale.LC_ALL, "C")
builtins.print = builtins.len = json.loads = None
