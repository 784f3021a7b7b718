"""`harness doctor`: what works on this machine, what is missing, and how to get it."""

import importlib.metadata
import json
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.table import Table

from db.errors import StoreError
from db.store import open_store
from harness.errors import HarnessError
from harness.home import open_home
from harness.telemetry import open_console
from sandbox.backend import open_backend
from sandbox.errors import SandboxError
from sandbox.probe import probe

MIN_FREE_BYTES = 2 * 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at."""

    what: str
    works: bool
    needed: bool
    """Whether the harness cannot do its main job without it."""
    detail: str


def examine(home: Path | None, *, as_json: bool) -> int:
    """Print the findings; 1 where something needed is missing, else 0."""
    findings = [_python(), _home(home), _database(home), _sandbox(), *_layers(), _torch(), _disk(home)]
    if as_json:
        sys.stdout.write(json.dumps([asdict(finding) for finding in findings]) + "\n")
    else:
        table = Table("", "what", "detail", box=None)
        for finding in findings:
            mark = "ok" if finding.works else "MISSING" if finding.needed else "-"
            table.add_row(mark, finding.what, finding.detail)
        open_console().print(table)
    return int(any(finding.needed and not finding.works for finding in findings))


def _python() -> Finding:
    return Finding(what="python", works=True, needed=True, detail=platform.python_version())


def _home(home: Path | None) -> Finding:
    return _attempt("home folder", lambda: str(open_home(home).path))


def _database(home: Path | None) -> Finding:
    def look() -> str:
        with open_store(open_home(home).database_url) as store:
            return f"opens, {len(store.runs())} runs"

    return _attempt("database", look)


def _sandbox() -> Finding:
    def look() -> str:
        backend = open_backend()
        backend.close()
        return f"{backend.name}, behind {', '.join(sorted(backend.layers))}"

    return _attempt("sandbox", look)


def _layers() -> list[Finding]:
    return [
        Finding(what=f"layer {report.layer}", works=report.available, needed=False, detail=report.reason)
        for report in probe()
    ]


def _torch() -> Finding:
    def look() -> str:
        return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("torch", "transformers"))

    return _attempt("training", look, needed=False)


def _disk(home: Path | None) -> Finding:
    def look() -> str:
        free = shutil.disk_usage(open_home(home).path).free
        if free < MIN_FREE_BYTES:
            raise HarnessError(f"only {free / 1024**3:.1f} GiB free; the demo needs about 1 GiB")
        return f"{free / 1024**3:.0f} GiB free"

    return _attempt("disk", look)


def _attempt(what: str, look: Callable[[], str], *, needed: bool = True) -> Finding:
    try:
        return Finding(what=what, works=True, needed=needed, detail=look())
    except importlib.metadata.PackageNotFoundError as error:
        detail = f"{error.name} is not installed: pip install 'prorl-harness[train]'"
        return Finding(what=what, works=False, needed=needed, detail=detail)
    except (HarnessError, StoreError, SandboxError) as error:
        return Finding(what=what, works=False, needed=needed, detail=str(error))
