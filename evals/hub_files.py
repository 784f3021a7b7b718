"""The files of a data set, on this machine: downloaded from the Hugging Face hub, or where the user says.

Downloads go to the hub's own cache and go on where they were cut off.
"""

import hashlib
import os
from pathlib import Path
from typing import Final

from evals.dataset import Card
from evals.errors import EvalError

HUB: Final = "hub"
"""The word for the hub where a folder or file may stand."""


def locate(card: Card, origin: str) -> tuple[list[Path], str]:
    """The data set's files, and the revision that they are of.

    Args:
        card: of the data set.
        origin: `hub`, or a folder or file; a relative one that is not here is looked for in the folder
            that HARNESS_DATA names.

    Raises:
        EvalError: they cannot be had; the message says how to get them.
    """
    if origin != HUB:
        return _local(card, origin)
    if not card.hub:
        raise EvalError(f"data set {card.name!r} is read from a file of yours: name it with --from FILE")
    return _download(card)


def _download(card: Card) -> tuple[list[Path], str]:
    try:
        from huggingface_hub import hf_hub_download  # noqa: PLC0415 - an extra, and slow to import
        from huggingface_hub.errors import HfHubHTTPError  # noqa: PLC0415
    except ImportError as error:
        raise EvalError("the hub needs huggingface_hub: pip install 'prorl-harness[data]'") from error
    revision = card.revision
    paths = []
    try:
        for name in card.files:
            path = Path(hf_hub_download(card.hub, name, repo_type="dataset", revision=revision or None))
            paths.append(path)
            # The hub's cache has each file in a folder that is called by its commit.
            revision = path.parts[-1 - len(Path(name).parts)]
    except (HfHubHTTPError, OSError, ValueError) as error:
        said = str(error).strip().partition("\n")[0]
        raise EvalError(
            f"{card.hub} cannot be had from the hub ({type(error).__name__}: {said}); "
            f"a copy will do: --from DIR with {', '.join(card.files)} in it"
        ) from error
    return paths, revision


def _local(card: Card, origin: str) -> tuple[list[Path], str]:
    place = Path(origin).expanduser()
    if not place.exists():
        place = Path(os.environ.get("HARNESS_DATA", "")) / place
    if place.is_file():
        return [place], _revision([place])
    if not place.is_dir():
        raise EvalError(f"no folder or file {origin}, here or where HARNESS_DATA points")
    paths = []
    for name in card.files:
        found = [path for path in (place / name, place / Path(name).name) if path.is_file()]
        if not found:
            raise EvalError(f"{place} has no {name}, of which data set {card.name!r} is made")
        paths.append(found[0])
    if not paths:
        raise EvalError(f"data set {card.name!r} is read from one file: name it with --from FILE")
    return paths, _revision(paths)


def _revision(paths: list[Path]) -> str:
    """What pins local files: a hash of their contents."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return f"files:{digest.hexdigest()[:16]}"
