"""The store: all that is kept, behind plain verbs on the domain's own types.

Each kind of record has its verbs in a file of its own; what callers hold is one `Store`. Every verb
is one unit: it is kept whole or, where it raises or the process dies, not at all.
"""

from typing import Self

from db.catalog import Catalog
from db.connection import Database, connect
from db.datasets import DatasetVerbs
from db.disagreements import DisagreementVerbs
from db.evaluations import EvaluationVerbs
from db.jobs import JobVerbs
from db.queries import SampleVerbs
from db.runs import RunVerbs
from db.schema import bring_up
from db.verifiers import VerifierVerbs


class Store(RunVerbs, EvaluationVerbs, SampleVerbs, JobVerbs, VerifierVerbs, DisagreementVerbs, DatasetVerbs):
    """One open database. May be shared by threads; a forked process opens its own."""

    def __init__(self, database: Database) -> None:
        """Use `database`, which has this version's tables."""
        self._database = database
        self._catalog = Catalog()

    def close(self) -> None:
        """Let go of the database. Safe to call twice."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_store(url: str, *, create: bool = True) -> Store:
    """Open the database at `url`, made by an older version or this one.

    Args:
        url: `sqlite:///PATH`, or `postgresql+psycopg://USER@HOST/NAME` of a database that is there.
        create: whether a SQLite file that is missing is made, with all tables.

    Raises:
        StoreError: it cannot be opened, made or brought up to date; the message says what to do.
    """
    database = connect(url, create=create)
    try:
        bring_up(database)
    except BaseException:
        database.close()
        raise
    return Store(database)
