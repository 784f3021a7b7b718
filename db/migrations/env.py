"""Runs migrations on the connection that `db.schema` hands over, inside its transaction."""

from alembic import context

import db.dataset_tables  # noqa: F401 - declares its tables
from db.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
)
context.run_migrations()
