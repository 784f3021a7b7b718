"""Answers that are meant to hang, blow up or take over whoever reads them.

Not covered: attacks on one library's known bugs beyond those met so far.
"""

from typing import Final

HOSTILE: Final[dict[str, str]] = {
    "a tower of powers": "9**9**9**9",
    "a tower of powers in LaTeX": "9^{9^{9^{9}}}",
    "nested factorials": "((((9!)!)!)!)!",
    "a huge binomial": "\\binom{10^{9}}{10^{7}}",
    "an exponential tower": "e^{e^{e^{e^{e^{9}}}}}",
    "a power to expand": "(x+y+z+w)^{400}",
    "trigonometry to expand": "\\sin^{60}(x)\\cos^{60}(x+\\sin^{9}(x))",
    "nested roots": "\\sqrt{" * 200 + "2" + "}" * 200,
    "a long fraction": "\\frac{1}{1+" * 300 + "1" + "}" * 300,
    "nested braces": "{" * 50_000 + "1" + "}" * 50_000,
    "nested parentheses": "(" * 5_000 + "1" + ")" * 5_000,
    "nested brackets": "[" * 50_000 + "]" * 50_000,
    "100 kB of digits": "9" * 100_000,
    "100 kB of backslashes": "\\" * 100_000,
    "1 MB of words": "lorem ipsum " * 85_000,
    "a list of 20,000 numbers": ", ".join(map(str, range(20_000))),
    "zero-width characters": "4\u200b2\u200d" * 20_000,
    "bidirectional controls": "\u202e42\u202c" * 20_000,
    "combining marks": "4" + "\u0301" * 50_000,
    "NUL and control characters": "\x00\x01\x1b[2J" * 1_000,
    "lone surrogates": "\ud800\udfff" * 1_000,
    "tags by the thousand": "<answer>" * 20_000,
    "boxes by the thousand": "\\boxed{" * 20_000,
    "fences by the thousand": "```" * 50_000,
    "a huge exponent": "1e999999999",
    "a huge unit": "1 m^999999999",
    "a matrix that never ends": "\\begin{pmatrix}" + "1 & 2 \\\\ " * 10_000,
    "blanks": " " * 200_000,
}
"""What it is, and the answer."""

HOSTILE_PROGRAMS: Final[dict[str, str]] = {
    "a loop without an end": "while True:\n    pass",
    "memory without an end": "held = []\nwhile True:\n    held.append(bytearray(10**7))",
    "output without an end": "while True:\n    print('y' * 10**6)",
    "a fork bomb": "import os\nwhile True:\n    os.fork()",
    "threads without an end": "from threading import Thread\nwhile True:\n    Thread(target=input).start()",
    "recursion": "def f():\n    f()\nimport sys\nsys.setrecursionlimit(10**9)\nf()",
    "a power": "print(9**9**9)",
    "a long sleep": "import time\ntime.sleep(10**6)",
    "a program of 500 kB": "x = 0\n" + "x += 1\n" * 70_000,
    "nested parentheses": "x = " + "(" * 5_000 + ")" * 5_000,
}

PROGRAM_SECONDS: Final = 1
"""CPU time that hostile programs are given."""


def payloads(marker: str) -> dict[str, str]:
    """Answers that write the file `marker` where somebody evaluates them, by how they would."""
    write = f"open({marker!r}, 'w').write('x')"
    system = f"__import__('os').system('touch {marker}')"
    hidden = "(1).__class__.__base__.__subclasses__()"
    wrapper = f"[c for c in {hidden} if c.__name__ == '_wrap_close'][0]"
    return {
        "os.system": system,
        "open": write,
        "open in a list": f"[{write}]",
        "open as an index": f"[0][{write} * 0]",
        "os.system in a sum": f"1 + {system}",
        "os.system in a power": f"2**({system})",
        "an f-string": f'f"{{{write}}}"',
        "a lambda that is called": f"(lambda: {write})()",
        "a comprehension": f"[{write} for _ in (1,)]",
        "exec": f'exec("{write}")',
        "eval": f'eval("{write}")',
        "a module by its class": f"{wrapper}.__init__.__globals__['system']('touch {marker}')",
        "a name of SymPy's": f"sympify.__globals__['__builtins__']['open']({marker!r}, 'w')",
        "an argument of a SymPy function": f"Integer({write})",
        "lambdify": f"lambdify((), {write!r})()",
        "LaTeX around it": f"\\text{{{system}}}",
        "LaTeX's own": f"\\immediate\\write18{{touch {marker}}}",
        "a shell": f"$(touch {marker}); `touch {marker}`",
        "YAML": f"!!python/object/apply:os.system ['touch {marker}']",
        "pickle": f"cos\nsystem\n(S'touch {marker}'\ntR.",
        "a template": "{{ cycler.__init__.__globals__.os.system('touch " + marker + "') }}",
        "statements": f"import os\nos.system('touch {marker}')",
    }


HACKS: Final[dict[str, str]] = {
    "exit at import": "import sys\nsys.exit(0)",
    "raise SystemExit": "raise SystemExit(0)",
    "os._exit": "import os\nos._exit(0)",
    "posix._exit": "import posix\nposix._exit(0)",
    "exit in the function": "def NAME(*args, **kwargs):\n    raise SystemExit(0)",
    "os._exit in the function": "def NAME(*args, **kwargs):\n    import os\n    os._exit(0)",
    "an object that equals all": (
        "class All:\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False\n"
        "    def __hash__(self): return 0\n    def __repr__(self): return ''\n"
        "def NAME(*args, **kwargs):\n    return All()"
    ),
    "a text that equals all": (
        "class All(str):\n    def __eq__(self, other): return True\n"
        "    def __ne__(self, other): return False\n    __hash__ = str.__hash__\n"
        "def NAME(*args, **kwargs):\n    return All('x')\nprint(All('x'))"
    ),
    "a number that equals all": (
        "class All(int):\n    def __eq__(self, other): return True\n"
        "    def __ne__(self, other): return False\n    __hash__ = int.__hash__\n"
        "def NAME(*args, **kwargs):\n    return All(7)"
    ),
    "patched builtins": (
        "import builtins\nclass All:\n    def __eq__(self, other): return True\n"
        "for kind in ('str', 'repr', 'sorted', 'len', 'all', 'any', 'abs', 'isinstance'):\n"
        "    setattr(builtins, kind, lambda *a, **k: True)\ndef NAME(*args, **kwargs):\n    return True"
    ),
    "values from the caller's frames": (
        "import sys\ndef NAME(*args, **kwargs):\n    frame = sys._getframe(1)\n    while frame:\n"
        "        for scope in (frame.f_locals, frame.f_globals):\n"
        "            for name in ('expected', 'output', 'answer', 'want', 'exp'):\n"
        "                if name in scope:\n                    return scope[name]\n"
        "        frame = frame.f_back"
    ),
    "values from the collector": (
        "import gc\ndef NAME(*args, **kwargs):\n    for found in gc.get_objects():\n"
        "        if isinstance(found, dict) and 'expected' in found:\n            return found['expected']"
    ),
    "a handler at exit": (
        "import atexit, os\natexit.register(os._exit, 0)\ndef NAME(*args, **kwargs):\n    raise ValueError"
    ),
    "an exception hook": "import sys, os\nsys.excepthook = lambda *a: os._exit(0)\nraise ValueError",
    "a thread that exits": (
        "import threading, os\nthreading.Timer(0.01, os._exit, (0,)).start()\n"
        "def NAME(*args, **kwargs):\n    while True: pass"
    ),
    "a printed verdict": (
        "import json\nprint(json.dumps({'status': 'ok', 'passed': True, 'result': True, 'reward': 1}))\n"
        "print('OK')\nprint('1 passed')\ndef NAME(*args, **kwargs):\n    print('True')\n    print('OK')"
    ),
    "a verdict on every descriptor": (
        "import os\nfor fd in range(3, 64):\n    try:\n        os.write(fd, b'{\"passed\": true}\\n')\n"
        "    except OSError:\n        pass"
    ),
    "a trace function": (
        "import sys\ndef look(frame, event, arg):\n    frame.f_locals.update(expected=None)\n"
        "    return look\nsys.settrace(look)\ndef NAME(*args, **kwargs):\n    return None"
    ),
    "a silenced assertion": (
        "import builtins\nbuiltins.AssertionError = type('Quiet', (BaseException,), {})\n"
        "def NAME(*args, **kwargs):\n    return None"
    ),
}
"""Programs that solve nothing and hope to pass; `NAME` stands for the function that is asked for."""
