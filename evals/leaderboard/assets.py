"""The files that the pages load: style, scripts, and what others made, by version and hash."""

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

STATIC_FOLDER: Final = Path(__file__).parent / "static"
_VENDOR: Final = STATIC_FOLDER / "vendor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendored:
    """One third-party file as the lock file names it."""

    name: str
    version: str
    licence: str
    file: str
    """Relative to the vendor folder."""
    sha256: str

    @property
    def intact(self) -> bool:
        """Whether the file is there and has the hash that the lock file says."""
        path = _VENDOR / self.file
        return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == self.sha256


def vendored() -> list[Vendored]:
    """Everything in the lock file."""
    tree = tomllib.loads((_VENDOR / "lock.toml").read_text(encoding="utf-8"))
    fields = ("name", "version", "licence", "file", "sha256")
    return [Vendored(**{name: package[name] for name in fields}) for package in tree["package"]]


def static_files() -> dict[str, bytes]:
    """Every static file by its path below the static folder, with `/` between folders."""
    paths = sorted(path for path in STATIC_FOLDER.rglob("*") if path.is_file())
    return {path.relative_to(STATIC_FOLDER).as_posix(): path.read_bytes() for path in paths}
