"""Where each page is: on the server, or among the files of a static export."""

import dataclasses
import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote, urlencode

from evals.leaderboard.views import BoardQuery, SampleQuery


class Links(Protocol):
    """Gives the address of each page, or None where that page does not exist."""

    def asset(self, path: str) -> str:
        """A file of the package's static folder."""
        ...

    def board(self, query: BoardQuery) -> str | None:
        """The board, in one view of it."""
        ...

    def passk(self) -> str | None:
        """The pass@k curves."""
        ...

    def boundary(self) -> str | None:
        """The reasoning boundary."""
        ...

    def runs(self) -> str | None:
        """The list of runs."""
        ...

    def run(self, run_id: str) -> str | None:
        """One run."""
        ...

    def samples(self, query: SampleQuery) -> str | None:
        """One page of a list of samples."""
        ...

    def sample(self, sample_id: str, query: SampleQuery) -> str | None:
        """One sample, reached through a list with these filters."""
        ...


class ServerLinks:
    """Absolute paths with the page's whole state in the query: `/runs/ID`, `/samples?status=correct`."""

    def asset(self, path: str) -> str:
        """See `Links`."""
        return f"/static/{path}"

    def board(self, query: BoardQuery) -> str:
        """See `Links`."""
        k = query.k if query.k != 1 else ""
        order = "ascending" if query.ascending else ""
        return "/" + _query(k=k, sort=query.sort, order=order, page=query.page if query.page > 1 else "")

    def passk(self) -> str:
        """See `Links`."""
        return "/passk"

    def boundary(self) -> str:
        """See `Links`."""
        return "/boundary"

    def runs(self) -> str:
        """See `Links`."""
        return "/runs"

    def run(self, run_id: str) -> str:
        """See `Links`."""
        return f"/runs/{_part(run_id)}"

    def samples(self, query: SampleQuery) -> str | None:
        """See `Links`; the store cannot list by problem yet."""
        return None if query.problem else "/samples" + _sample_query(query)

    def sample(self, sample_id: str, query: SampleQuery) -> str:
        """See `Links`."""
        return f"/samples/{_part(sample_id)}" + _sample_query(query)


class StaticPaths:
    """The file of each page in a static export, relative to the export's root."""

    passk = "passk.html"
    boundary = "boundary.html"
    runs = "runs.html"

    @staticmethod
    def asset(path: str) -> str:
        """A file of the package's static folder."""
        return f"static/{path}"

    @staticmethod
    def board(query: BoardQuery) -> str:
        """One view of the board, in the order of the reports."""
        if query.k == query.page == 1:
            return "index.html"
        return f"board-k{query.k}-{query.page}.html"

    @staticmethod
    def run(run_id: str) -> str:
        """One run."""
        return f"runs/{_file_name(run_id)}.html"

    @staticmethod
    def samples(query: SampleQuery) -> str:
        """One page of a list of samples; equal filters and pages have equal files."""
        chosen = [
            f"{name}={value}"
            for name in ("run", "step", "model", "benchmark", "problem", "status")
            if (value := getattr(query, name)) not in ("", None)
        ]
        return f"samples/{_file_name('&'.join(chosen) or 'all')}-{query.after or '0'}.html"

    @staticmethod
    def sample(sample_id: str) -> str:
        """One sample."""
        return f"sample/{_file_name(sample_id)}.html"


@dataclass(frozen=True, slots=True)
class StaticLinks:
    """Relative links from a file that lies `depth` folders below the export's root.

    A page that is not among `paths` is not linked to; None stands for all of them.
    """

    depth: int
    paths: Collection[str] | None = None

    def asset(self, path: str) -> str:
        """See `Links`."""
        return "../" * self.depth + quote(StaticPaths.asset(path))

    def board(self, query: BoardQuery) -> str | None:
        """See `Links`; files cannot sort on demand."""
        return None if query.sort else self._to(StaticPaths.board(query))

    def passk(self) -> str | None:
        """See `Links`."""
        return self._to(StaticPaths.passk)

    def boundary(self) -> str | None:
        """See `Links`."""
        return self._to(StaticPaths.boundary)

    def runs(self) -> str | None:
        """See `Links`."""
        return self._to(StaticPaths.runs)

    def run(self, run_id: str) -> str | None:
        """See `Links`."""
        return self._to(StaticPaths.run(run_id))

    def samples(self, query: SampleQuery) -> str | None:
        """See `Links`."""
        return self._to(StaticPaths.samples(query))

    def sample(self, sample_id: str, query: SampleQuery) -> str | None:
        """See `Links`; files do not keep the filters."""
        return self._to(StaticPaths.sample(sample_id))

    def _to(self, path: str) -> str | None:
        if self.paths is not None and path not in self.paths:
            return None
        return "../" * self.depth + quote(path)


def _query(**values: object) -> str:
    chosen = {name: value for name, value in values.items() if value not in ("", None)}
    # A lone surrogate has no UTF-8 and so no address: it becomes "?".
    return f"?{urlencode(chosen, errors='replace')}" if chosen else ""


def _part(name: str) -> str:
    """A name as one part of a path."""
    return quote(name, safe="", errors="replace")


def _sample_query(query: SampleQuery) -> str:
    return _query(**dataclasses.asdict(query))


def _file_name(text: str) -> str:
    """A name that every file system takes; different texts give different names."""
    plain = re.sub(r"[^a-z0-9._@-]+", "_", text)[:80].lstrip(".")
    if plain == text:
        return plain
    return f"{plain}-{hashlib.sha256(text.encode('utf-8', 'backslashreplace')).hexdigest()[:10]}"
