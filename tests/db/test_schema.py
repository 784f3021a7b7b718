from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from db.connection import Database, connect
from db.errors import StoreError
from db.schema import MIGRATIONS, NEWEST, bring_up, downgrade, revision
from db.store import open_store
from db.tables import Table


def table_names(database: Database) -> set[str]:
    with database.reading() as connection:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}


def test_the_newest_migration_is_the_one_the_code_asks_for() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [NEWEST]


def test_migrations_make_exactly_the_tables_that_are_declared(empty_url: str) -> None:
    database = connect(empty_url, create=True)
    bring_up(database)
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Table.metadata) == []
        assert revision(connection) == NEWEST
    database.close()


def test_migrations_go_down_to_nothing_and_up_again(empty_url: str) -> None:
    database = connect(empty_url, create=True)
    bring_up(database)
    with database.migrating() as connection:
        downgrade(connection, "base")
    assert table_names(database) == set()
    bring_up(database)
    assert table_names(database) == set(Table.metadata.tables)
    database.close()


def test_a_database_from_the_future_is_refused_and_left_alone(url: str) -> None:
    database = connect(url, create=False)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="made by a newer version of prorl-harness"):
        open_store(url)
    with database.writing() as connection:
        assert revision(connection) == "9999"
        connection.execute(text("UPDATE alembic_version SET version_num = :newest"), {"newest": NEWEST})
    database.close()


def fail_after_all_tables(database: Database) -> None:
    with database.migrating() as connection:
        Table.metadata.create_all(connection)
        raise ZeroDivisionError


def test_a_migration_that_fails_leaves_no_half_of_it(empty_url: str) -> None:
    database = connect(empty_url, create=True)
    with pytest.raises(ZeroDivisionError):
        fail_after_all_tables(database)
    assert table_names(database) == set()
    database.close()


def test_a_migration_may_copy_a_table_that_others_refer_to(sqlite_url: str) -> None:
    with open_store(sqlite_url) as store:
        store.create_run(id="r", name="r", fingerprint="f", recipe={}, base_model="b", planned_steps=1)
        store.keep_event("r", 1, "reset", {})
    database = connect(sqlite_url, create=False)
    with database.migrating() as connection:
        connection.execute(text("CREATE TABLE copy AS SELECT * FROM run"))
        connection.execute(text("DROP TABLE run"))
        connection.execute(text("ALTER TABLE copy RENAME TO run"))
    database.close()
    with open_store(sqlite_url) as store:
        assert len(store.events("r")) == 1


def test_many_that_open_a_new_database_at_once_do_not_collide(empty_url: str, tmp_path: Path) -> None:
    more = [f"sqlite:///{tmp_path}/{number}.db" for number in range(4)]
    for url in [empty_url, *more]:
        with ThreadPoolExecutor(4) as openers:
            for store in openers.map(open_store, [url] * 4):
                assert store.runs() == []
                store.close()
