from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from db.errors import UnknownRecord
from db.records import SampleFilter
from db.store import Store, open_store
from rewards.registration import Registration
from tests.db.material import ask, begin_run, group, keep_step, problem, rollout

SCRIPTED = Registration(
    name="scripted",
    version="1",
    source_hash="a" * 32,
    libraries={"sympy": "1.14.0"},
    configuration={"strict": True},
)
OTHER_CODE = replace(SCRIPTED, source_hash="b" * 32)
JUDGED_BY = """
SELECT DISTINCT rollout.step, verifier.version, verifier.code_hash FROM rollout
JOIN verdict ON verdict.rollout_id = rollout.id AND verdict.verifier_id = rollout.verifier_id
JOIN verifier ON verifier.id = verdict.verifier_id ORDER BY rollout.step
"""


def test_a_registration_is_kept_once_however_often_it_is_said(store: Store) -> None:
    store.register_verifier(SCRIPTED)
    (first,) = store.verifiers()
    store.register_verifier(SCRIPTED)
    (again,) = store.verifiers()
    assert (again.name, again.version, again.code_hash) == ("scripted", "1", SCRIPTED.code_hash)
    assert (again.libraries, again.configuration) == ({"sympy": "1.14.0"}, {"strict": True})
    assert first.registered_at is not None
    assert again.registered_at is not None
    assert first.registered_at.tzinfo is not None
    assert again.registered_at > first.registered_at
    assert again.last_audit is None


def test_other_code_is_another_row_under_the_same_version_too(store: Store) -> None:
    newer = replace(OTHER_CODE, version="2")
    for registration in (SCRIPTED, OTHER_CODE, newer, replace(SCRIPTED, name="also")):
        store.register_verifier(registration)
    rows = [(each.name, each.version, each.code_hash) for each in store.verifiers()]
    assert rows == [
        ("also", "1", SCRIPTED.code_hash),
        ("scripted", "2", newer.code_hash),
        ("scripted", "1", OTHER_CODE.code_hash),
        ("scripted", "1", SCRIPTED.code_hash),
    ]
    assert [each.version for each in store.verifiers("scripted")] == ["2", "1", "1"]


def test_an_unknown_verifier_is_named_with_those_that_are_known(store: Store) -> None:
    with pytest.raises(UnknownRecord, match="no verifier 'maths' is registered here: have none yet"):
        store.verifiers("maths")
    store.register_verifier(SCRIPTED)
    with pytest.raises(UnknownRecord, match="no verifier 'maths' is registered here: have scripted"):
        store.verifiers("maths")


def test_a_verdict_is_of_the_code_that_gave_it(url: str) -> None:
    with open_store(url) as store:
        begin_run(store)
        store.register_verifier(SCRIPTED)
        keep_step(store, 1, group(1))
        store.register_verifier(OTHER_CODE)
        keep_step(store, 2, group(1))
        keep_step(store, 3, [rollout(problem(1), 0, version="9")])
    assert ask(url, JUDGED_BY) == [
        (1, "1", SCRIPTED.code_hash),
        (2, "1", OTHER_CODE.code_hash),
        (3, "9", ""),
    ]


def test_who_judged_elsewhere_is_the_one_that_was_opened_last(url: str) -> None:
    with open_store(url) as store:
        begin_run(store)
        keep_step(store, 1, group(1))
        store.register_verifier(OTHER_CODE)
        store.register_verifier(SCRIPTED)
    with open_store(url) as store:
        keep_step(store, 2, group(2))
        lines = store.list_samples(SampleFilter(run_id="r"), limit=20).lines
        found = store.get_sample(lines[0].id).verdicts
    assert [(each.verifier, each.version) for each in found] == [("scripted", "1")]
    assert ask(url, JUDGED_BY) == [(1, "1", ""), (2, "1", SCRIPTED.code_hash)]


def test_one_whose_verdicts_alone_are_known_says_so(store: Store) -> None:
    begin_run(store)
    keep_step(store, 1, group(1))
    (known,) = store.verifiers("scripted")
    assert (known.code_hash, known.libraries, known.configuration) == ("", {}, {})
    assert known.registered_at is None
    store.register_verifier(SCRIPTED)
    assert [each.code_hash for each in store.verifiers("scripted")] == [SCRIPTED.code_hash, ""]


def test_processes_that_open_one_verifier_at_once_share_its_row(url: str) -> None:
    stores = [open_store(url) for _ in range(4)]
    with ThreadPoolExecutor(len(stores)) as openers:
        list(openers.map(lambda store: store.register_verifier(SCRIPTED), stores))
    assert len(stores[0].verifiers()) == 1
    for store in stores:
        store.close()


def test_audits_come_back_newest_first_and_the_verifier_knows_its_last(store: Store) -> None:
    store.register_verifier(SCRIPTED)
    store.register_verifier(OTHER_CODE)
    for number, (registration, passed) in enumerate(
        ((SCRIPTED, True), (OTHER_CODE, True), (SCRIPTED, False))
    ):
        store.keep_audit(
            name="scripted",
            version="1",
            code_hash=registration.code_hash,
            report={"number": number, "floor": float("nan")},
            passed=passed,
        )
    found = store.audits("scripted")
    assert [(each.report["number"], each.passed) for each in found] == [(2, False), (1, True), (0, True)]
    assert found[0].report["floor"] is None
    assert found[0].created_at.tzinfo is not None
    other, audited = store.verifiers("scripted")
    assert (other.last_audit, audited.last_audit) == (found[1], found[0])
    assert store.audits("also") == []


def test_an_audit_of_one_that_was_never_opened_here_is_kept_too(store: Store) -> None:
    store.keep_audit(name="own", version="3", code_hash="c" * 32, report={}, passed=True)
    (known,) = store.verifiers("own")
    assert known.registered_at is None
    assert known.last_audit == store.audits("own")[0]
    assert (store.audits("own")[0].version, store.audits("own")[0].code_hash) == ("3", "c" * 32)
