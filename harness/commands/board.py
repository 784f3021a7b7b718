"""`harness board export`: the pages as files that open without a server."""

import sys
from pathlib import Path

from db.store import Store, open_store
from evals.leaderboard.export import Site, render_site
from evals.leaderboard.views import SampleQuery, SampleView
from harness.errors import ConfigError
from harness.home import open_home
from harness.hub.gallery import Gallery

SAMPLES_A_CELL = 8
"""Samples shown of each model on each benchmark, and of each run's training; each becomes a file."""


def export_board(folder: Path, home: Path | None) -> None:
    """Write the home's pages to `folder`."""
    with open_store(open_home(home).database_url) as store:
        count = write_board(store, folder)
    sys.stdout.write(f"{count} files written: open {folder / 'index.html'}\n")


def write_board(store: Store, folder: Path) -> int:
    """Write every page to `folder`; how many files.

    Raises:
        ConfigError: the folder cannot be written.
    """
    gallery = Gallery(store)
    site = Site(
        reports=gallery.reports(),
        boundaries=gallery.boundaries(),
        runs=[gallery.run(summary.id) for summary in gallery.runs()],
        samples=_selection(gallery),
    )
    count = 0
    try:
        for path, content in render_site(site):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            count += 1
    except OSError as error:
        raise ConfigError(f"pages cannot be written to {folder}: {error.strerror or error}") from error
    return count


def _selection(gallery: Gallery) -> list[SampleView]:
    """The first few samples of every cell of the board, and of every run's training."""
    queries = [SampleQuery(model=report.model, benchmark=report.benchmark) for report in gallery.reports()]
    queries += [SampleQuery(run=summary.id) for summary in gallery.runs()]
    chosen = [line for query in queries for line in gallery.samples(query).samples[:SAMPLES_A_CELL]]
    return [gallery.sample(line.id) for line in chosen]
