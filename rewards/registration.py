"""What a verifier is made of: its sources, the libraries under them, its configuration.

Sources are found by reading imports and never by importing, so that a hub learns what stands behind
`puzzle` without loading Reasoning Gym. Followed are imports, tasks that are named as `"module:function"`,
and files beside a module that it names. Comments, docstrings and layout count for nothing.

Left out is what runs verifiers rather than judges: the port and its table (`rewards.verifier`), the
workers, and the sandbox but for `sandbox.inside`.

Not covered: modules and files whose names are made up at run time, modules without a source file, and
Python's own version.
"""

import ast
import hashlib
import importlib.metadata
import importlib.util
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rewards.verifier import Verifier

FOLLOWED: Final = ("rewards", "sandbox.inside")
"""Beside the verifier's own package."""
RUNNING: Final = ("rewards.verifier", "rewards.workers")
NOT_LIBRARIES: Final = sys.stdlib_module_names | {"harness", "db", "evals", "rewards", "sandbox"}
UNDERNEATH: Final = {"math_verify": ("latex2sympy2_extended", "sympy")}
"""Libraries that do the work of one that is imported."""

_TASK: Final = re.compile(r"[A-Za-z_][\w.]{0,200}:\w{1,100}")
_FILE_NAME: Final = re.compile(r"[\w-]{1,100}\.(?:py|jsonl?|txt|csv|toml)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One verifier as it stands here."""

    name: str
    version: str
    source_hash: str
    """Of the sources alone: equal on every machine that has the same code. 32 hex digits."""
    libraries: Mapping[str, str]
    """Versions of the libraries that the sources import, by the name that is imported."""
    configuration: Mapping[str, Any]
    """The verifier's own `configuration`, where it has one; JSON values."""

    @property
    def code_hash(self) -> str:
        """Hash of all that a verdict follows from: sources, libraries, configuration. 32 hex digits."""
        return _digest([self.source_hash, dict(self.libraries), dict(self.configuration)])


def registration_of(verifier: Verifier) -> Registration:
    """What `verifier` is made of, whether one of ours or a user's own."""
    sources, imported = _sources(type(verifier).__module__)
    libraries = {*imported, *(lower for name in imported for lower in UNDERNEATH.get(name, ()))}
    versions = ((name, _library_version(name)) for name in sorted(libraries - NOT_LIBRARIES))
    configuration = getattr(verifier, "configuration", None)
    return Registration(
        name=verifier.name,
        version=verifier.version,
        source_hash=_digest(sorted([path.parent.name, path.name, text] for path, text in sources.items())),
        libraries={name: version for name, version in versions if version},
        configuration=dict(configuration) if isinstance(configuration, Mapping) else {},
    )


def _sources(root: str) -> tuple[dict[Path, str], set[str]]:
    """The files that the module `root` stands on with their digests, and the other packages they import."""
    followed = (root.partition(".")[0], *FOLLOWED)
    digests: dict[Path, str] = {}
    imported: set[str] = set()
    waiting = [_path_of(root)]
    while waiting:
        path = waiting.pop()
        if path is None or path in digests:
            continue
        tree = _tree(path)
        digests[path] = (
            hashlib.sha256(path.read_bytes()).hexdigest() if tree is None else _digest(_meaning(tree))
        )
        if tree is not None:
            modules, tasks, files = _references(tree, path)
            imported |= {name.partition(".")[0] for name in modules} - {followed[0]}
            waiting += [_path_of(name) for name in modules | tasks if _judges(name, followed)]
            waiting += files
    return digests, imported


def _references(tree: ast.Module, path: Path) -> tuple[set[str], set[str], set[Path]]:
    """What a source names: modules that it imports, modules of tasks, files beside it or one folder down.

    Of `from a import b` both `a` and `a.b` are given, since either may be the module.
    """
    modules: set[str] = set()
    tasks: set[str] = set()
    files: set[Path] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level:
            package = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            files |= {
                file
                for each in (package, *(package / alias.name for alias in node.names))
                if (file := _file_of(each))
            }
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if _TASK.fullmatch(node.value):
                tasks.add(node.value.partition(":")[0])
            elif _FILE_NAME.fullmatch(node.value):
                files |= {*path.parent.glob(node.value), *path.parent.glob(f"*/{node.value}")}
    return modules, tasks, files


def _judges(name: str, followed: tuple[str, ...]) -> bool:
    return _within(name, followed) and not _within(name, RUNNING)


def _within(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def _path_of(module: str) -> Path | None:
    """The source of a module, found without importing it or what it lies in."""
    top, *rest = module.split(".")
    try:
        spec = importlib.util.find_spec(top)
    except ValueError:  # a module that was never loaded from anywhere
        return None
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return None
    origin = Path(spec.origin)
    if not rest:
        return origin
    return _file_of(origin.parent.joinpath(*rest)) if origin.name == "__init__.py" else None


def _file_of(place: Path) -> Path | None:
    """The source of the module or package at `place`."""
    candidates = (place.with_name(f"{place.name}.py"), place / "__init__.py")
    return next((path for path in candidates if path.is_file()), None)


def _tree(path: Path) -> ast.Module | None:
    """The syntax of a source; None for a file that is no Python."""
    try:
        return ast.parse(path.read_bytes()) if path.suffix == ".py" else None
    except (SyntaxError, ValueError):
        return None


def _meaning(node: object) -> object:
    """A syntax tree as JSON: without texts that only people read, and alike in all versions of Python."""
    if isinstance(node, ast.AST):
        fields = ((name, value) for name, value in ast.iter_fields(node) if value is not None and value != [])
        return [type(node).__name__, *([name, _meaning(value)] for name, value in fields)]
    if isinstance(node, list):
        return [_meaning(each) for each in node if not _is_text_for_people(each)]
    return repr(node)


def _is_text_for_people(node: object) -> bool:
    """Whether it is a docstring, or a text that stands alone as one does."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _library_version(name: str) -> str | None:
    """The version of an imported library; None where it is not installed or is no distribution."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        pass
    for distribution in importlib.metadata.packages_distributions().get(name, ()):
        return importlib.metadata.version(distribution)
    return None


def _digest(content: object) -> str:
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
