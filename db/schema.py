"""Brings a database to the shape that this version of the code needs.

The next migration, after `db.tables` changed: `python -m db.schema "what changes"`, then read what
it wrote into `db/migrations/versions/`, and set `NEWEST`.
"""

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, inspect, text

from db.connection import Database, connect
from db.errors import StoreError

if TYPE_CHECKING:
    from alembic.config import Config

NEWEST: Final = "0003"
"""The last migration in `db/migrations/versions/`."""

MIGRATIONS: Final = Path(__file__).parent / "migrations"


def bring_up(database: Database) -> None:
    """Make the tables of an empty database, or migrate an older one forward.

    Processes that open one database at once take turns, and a killed one leaves it as it was.

    Raises:
        StoreError: it was made by a newer version or by something else, or cannot be written.
    """
    with database.reading() as connection:
        up_to_date = revision(connection) == NEWEST
    if not up_to_date:
        with database.migrating() as connection:
            _check_ours(connection, database.place)
            upgrade(connection, NEWEST)
    database.write_ahead()


def revision(connection: Connection) -> str | None:
    """The migration that the database stands at; None where it has none of our tables."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def upgrade(connection: Connection, target: str) -> None:
    """Go forward to the migration `target`."""
    # Alembic takes 0.2 s to import, which a database that is up to date need not pay.
    from alembic import command  # noqa: PLC0415

    command.upgrade(alembic_config(connection), target)


def downgrade(connection: Connection, target: str) -> None:
    """Go back to the migration `target`; `base` is before the first, with no table left."""
    from alembic import command  # noqa: PLC0415 - as above

    command.downgrade(alembic_config(connection), target)


def alembic_config(connection: Connection) -> "Config":
    """Alembic's settings, for our migrations over `connection`."""
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "v%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _check_ours(connection: Connection, place: str) -> None:
    found = revision(connection)
    if found is None:
        others = set(inspect(connection).get_table_names()) - {"alembic_version"}
        if others:
            raise StoreError(
                f"database {place} was made by something else (it has a table {min(others)!r}): name another"
            )
    elif not list((MIGRATIONS / "versions").glob(f"v{found}_*.py")):
        raise StoreError(
            f"database {place} was made by a newer version of prorl-harness (its shape is {found}, "
            f"this version knows up to {NEWEST}): install that version or name another database"
        )


def _write_next(message: str) -> None:
    from alembic import command  # noqa: PLC0415 - as above

    with tempfile.TemporaryDirectory() as folder:
        database = connect(f"sqlite:///{folder}/old.db", create=True)
        bring_up(database)
        with database.reading() as connection:
            command.revision(
                alembic_config(connection), message, autogenerate=True, rev_id=f"{int(NEWEST) + 1:04d}"
            )
        database.close()


if __name__ == "__main__":
    _write_next(sys.argv[1])
