# MUST: no package of the host's environment can be imported or listed | KIND: leak
import importlib.util
import os
import sys

for name in ("pytest", "_pytest", "hypothesis", "harness", "rewards", "evals", "sqlalchemy", "pydantic"):
    try:
        if importlib.util.find_spec(name):
            print("ESCAPED: can import", name, flush=True)
    except (ImportError, ValueError, OSError):
        continue
for name, module in list(sys.modules.items()):
    where = str(getattr(module, "__file__", ""))
    if ("site-packages" in where or "dist-packages" in where) and name.split(".")[0] != "numpy":
        print("ESCAPED: was given", name, "from", where, flush=True)
version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
for place in (
    f"{sys.base_prefix}/lib/{version}/site-packages",
    f"/usr/local/lib/{version}/dist-packages",
    "/usr/lib/python3/dist-packages",
):
    try:
        names = os.listdir(place)
    except OSError:
        continue
    for name in {"pytest", "_pytest", "pip_audit", "mypy", "torch"}.intersection(names):
        print("ESCAPED: lists", name, "in", place, flush=True)
