"""Databases of older versions, with rows in them, opened by this one."""

from typing import Final

from sqlalchemy import text

from db.connection import connect
from db.records import SampleFilter
from db.schema import upgrade
from db.store import open_store
from rewards.registration import Registration
from tests.db.material import ask, group, keep_step

V0001: Final = """
INSERT INTO problem VALUES (1, 'h', 'math', 'What?', 'math', '{"answer": "1"}', 's', '');
INSERT INTO verifier VALUES (1, 'math', '1'), (2, 'math', '2'), (3, 'scripted', '1');
INSERT INTO run VALUES
    (1, 'r', 'n', 'f', '{}', 'b', 2, 'running', '2026-01-01 00:00:00', '2026-01-01 00:00:00');
INSERT INTO step VALUES (1, 1, '{}', '{}', 2, 0, '{}');
INSERT INTO rollout (id, problem_id, run_id, step, sample_index, completion, n_tokens, truncated, kept,
                     reward, verifier_id, status) VALUES
    (1, 1, 1, 1, 0, 'a', 1, false, true, 1, 1, 'correct'),
    (2, 1, 1, 1, 1, 'b', 1, false, true, 0, 2, 'incorrect');
INSERT INTO verdict VALUES
    (1, 1, 'correct', 1, 'a', NULL, 1.5),
    (2, 2, 'incorrect', 0, 'b', NULL, 1.5)
"""


def make_v0001(url: str) -> None:
    database = connect(url, create=True)
    with database.migrating() as connection:
        upgrade(connection, "0001")
        for statement in V0001.split(";\n"):
            connection.exec_driver_sql(statement)
        if not database.embedded:  # rows that were given no id would have moved the counters
            for table in ("problem", "verifier", "run", "rollout"):
                connection.execute(text(f"SELECT setval('{table}_id_seq', 9)"))
    database.close()


def test_a_database_of_the_first_version_keeps_its_rows_and_takes_new_ones(empty_url: str) -> None:
    make_v0001(empty_url)
    registration = Registration(
        name="scripted", version="1", source_hash="0", libraries={"sympy": "1"}, configuration={}
    )
    with open_store(empty_url) as store:
        old = [(each.name, each.version, each.code_hash) for each in store.verifiers()]
        assert sorted(old) == [("math", "1", ""), ("math", "2", ""), ("scripted", "1", "")]
        assert {each.registered_at for each in store.verifiers()} == {None}
        assert [dict(each.libraries) for each in store.verifiers()] == [{}] * 3
        lines = store.list_samples(SampleFilter(run_id="r"), limit=9).lines
        verdicts = [each for line in lines for each in store.get_sample(line.id).verdicts]
        assert {(each.extracted, each.verifier, each.version) for each in verdicts} == {
            ("a", "math", "1"),
            ("b", "math", "2"),
        }
        store.register_verifier(registration)
        keep_step(store, 2, group(1))
        assert (len(store.verifiers()), store.disagreements(), store.audits("math")) == (4, [], [])


def test_the_step_of_the_upgrade_leaves_no_reference_dangling(empty_sqlite_url: str) -> None:
    make_v0001(empty_sqlite_url)
    open_store(empty_sqlite_url).close()
    assert ask(empty_sqlite_url, "PRAGMA foreign_key_check") == []
    assert ask(empty_sqlite_url, "SELECT rollout_id, verifier_id FROM verdict ORDER BY 1") == [(1, 1), (2, 2)]
