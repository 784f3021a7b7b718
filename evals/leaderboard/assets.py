"""The files that the pages load: style, scripts, and, under `vendor`, what others made.

`vendor/lock.toml` names each of the latter with its version, licence and hash; a test holds them to it.
"""

from pathlib import Path
from typing import Final

STATIC_FOLDER: Final = Path(__file__).parent / "static"


def static_files() -> dict[str, bytes]:
    """Every static file by its path below the static folder, with `/` between folders."""
    paths = sorted(path for path in STATIC_FOLDER.rglob("*") if path.is_file())
    return {path.relative_to(STATIC_FOLDER).as_posix(): path.read_bytes() for path in paths}
