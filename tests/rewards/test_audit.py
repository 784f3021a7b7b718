"""Each probe finds the verifier that has its fault, and a sound verifier passes them all."""

import json
from pathlib import Path
from typing import Any

import pytest

from rewards.audit.auditor import PROBES, Auditor, Setting
from rewards.audit.bars import VERIFIER_BARS
from rewards.audit.examinee_link import ExamineeLink, Patience
from rewards.audit.family import FAMILIES
from rewards.audit.items import Item, family_of, read_items, shipped_items
from rewards.audit.mutation import mutants
from rewards.audit.report import AuditReport, Finding
from rewards.errors import BadReference, UnknownVerifier
from rewards.verifier import VERIFIERS

OWN = "tests.rewards.bad_verifiers"
HASTE = Setting(sandbox="scripted", workers=1, patience=Patience(row_seconds=2, batch_seconds=60))
ITEMS = [
    Item(reference={"answer": word}, gold=word, also=(word.upper(),), wrong=(word[:3],))
    for word in (
        "heron",
        "hazel",
        "marble",
        "meadow",
        "copper",
        "candle",
        "violet",
        "vessel",
        "saddle",
        "sorrel",
    )
]
DOUBLE = Item(
    reference={"entry_point": "double", "given": "2", "wanted": "4"},
    gold="def double(x):\n    if x > 100:\n        return 0\n    return x + x",
)


def audited(name: str, *probes: str, items: list[Item] = ITEMS) -> AuditReport:
    with Auditor(f"{OWN}:{name}", HASTE) as auditor:
        return auditor.audit(items, items_name="a test", probes=probes or tuple(PROBES))


def found(name: str, probe: str, *before: str, items: list[Item] = ITEMS) -> Finding:
    return audited(name, *before, probe, items=items).findings[-1]


def test_a_sound_verifier_passes_every_probe() -> None:
    report = audited("Sound")
    assert report.failures == ()
    assert report.passed
    assert {finding.probe for finding in report.findings} == set(PROBES) - {"hacks", "mutation"}
    json.dumps(report.as_json(), allow_nan=False)


@pytest.mark.parametrize(
    ("verifier", "probe"),
    [
        ("LikesSevens", "constant"),
        ("LikesJunk", "junk"),
        ("LikesNothing", "empty"),
        ("LikesLists", "candidates"),
        ("LikesLength", "hostile_reward"),
        ("Lenient", "wrong_gold"),
        ("OneSided", "symmetry"),
        ("Blind", "gold"),
        ("Strict", "phrasings"),
        ("Moody", "determinism"),
        ("Evaluates", "execution"),
        ("Dazed", "recovery"),
        ("Hoards", "memory"),
        ("SaysZero", "bad_reference"),
    ],
)
def test_a_probe_finds_its_fault(verifier: str, probe: str) -> None:
    finding = found(verifier, probe)
    assert not finding.passed, finding
    assert probe == "memory" or finding.worst
    assert found("Sound", probe).passed


def test_a_verifier_that_hangs_is_ended_and_asked_on() -> None:
    findings = {each.probe: each for each in audited("Hangs", "hang", "recovery", "vocabulary").findings}
    hang = findings["hang"]
    assert hang.figure is not None
    assert hang.figure >= HASTE.patience.row_seconds
    assert hang.worst[0].note.startswith("a tower of powers: no answer")
    assert hang.worst[0].status == "infra_error"
    assert findings["recovery"].figure == 0
    assert not findings["vocabulary"].passed


def test_one_row_that_hangs_costs_a_batch_only_its_own_verdict() -> None:
    patience = Patience(row_seconds=2, batch_seconds=0)
    link = ExamineeLink(f"{OWN}:Hangs", sandbox="scripted", workers=1, patience=patience)
    rows = [(text, {"answer": "heron"}) for text in ("heron", "9**9**9**9", "Heron", "egret")]
    judgements = link.ask(rows)
    link.close()
    assert [judgement.accepted for judgement in judgements] == [True, False, True, False]
    assert [judgement.hung for judgement in judgements] == [False, True, False, False]


def test_a_verifier_whose_process_dies_is_named_with_its_last_words() -> None:
    findings = {each.probe: each for each in audited("Dies", "hang", "vocabulary").findings}
    assert not findings["vocabulary"].passed
    assert "I give up" in findings["vocabulary"].worst[0].note


@pytest.mark.parametrize("verifier", ["Raises", "OffTheList"])
def test_a_row_without_a_fitting_verdict_is_held_against_the_verifier(verifier: str) -> None:
    assert not found(verifier, "vocabulary", "junk", "gold").passed


def test_hacks_pass_where_the_exit_code_is_believed() -> None:
    finding = found("TrustsExitCodes", "hacks", items=[DOUBLE])
    assert finding.figure == 1
    assert {"exit at import", "os._exit"} <= {each.note for each in finding.worst}


def test_tests_that_notice_little_have_a_low_mutation_score() -> None:
    finding = found("TrustsExitCodes", "mutation", items=[DOUBLE])
    assert finding.figure is not None
    assert 0 < finding.figure < 0.8
    assert not finding.passed


def test_mutants_are_other_programs_that_can_be_read() -> None:
    found = mutants("def f(a, b):\n    if a < b and b != 3:\n        return a + 1\n    return -b")
    changes = {what for what, _ in found}
    assert len(found) == len({text for _, text in found}) >= 7
    assert {"line 2: another comparison", "line 2: and for or", "line 3: another operator"} <= changes
    for _, text in found:
        compile(text, "mutant", "exec")
    assert mutants("this is no program") == []


def test_bars_are_the_verifiers_own_to_declare() -> None:
    finding = found("Tolerant", "constant")
    assert finding.passed
    assert finding.bar is None
    assert "sevens are fine" in finding.note
    with pytest.raises(BadReference, match="audit_bars"):
        audited("Vague", "constant")
    with pytest.raises(BadReference, match="no probe 'constants'"):
        audited("Misspelt", "constant")


def test_a_verifier_that_is_not_there_is_said_so() -> None:
    with pytest.raises(UnknownVerifier, match="cannot be loaded"):
        Auditor(f"{OWN}:Missing", HASTE)


def test_an_audit_needs_items() -> None:
    with pytest.raises(BadReference, match="--items"):
        audited("Sound", "gold", items=[])


@pytest.mark.parametrize("verifier", sorted(set(VERIFIERS) - {"scripted"}))
def test_every_shipped_verifier_can_be_audited(verifier: str) -> None:
    family = family_of(verifier)
    assert family in FAMILIES
    if family != "puzzle":
        items = shipped_items(family)
        assert len(items) >= 30
        assert all(item.gold for item in items)


def test_bars_are_declared_of_probes_that_there_are() -> None:
    assert {probe for bars in VERIFIER_BARS.values() for probe in bars} <= set(PROBES)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("[1]", "JSON object"),
        ("{", "not JSON"),
        ('{"gold": "1"}', "'reference'"),
        ('{"reference": {}, "gold": 1}', "'gold'"),
        ('{"reference": {}, "gold": "1", "wrong": "2"}', "'wrong'"),
        ('{"reference": {}, "golds": "1"}', "no 'golds'"),
    ],
)
def test_a_line_that_is_no_item_is_named(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text('{"reference": {"answer": "1"}, "gold": "1"}\n' + line)
    with pytest.raises(BadReference, match=words) as caught:
        read_items(path)
    assert f"{path}:2" in str(caught.value)


def test_a_finding_of_nan_is_beyond_any_bar() -> None:
    fields: dict[str, Any] = {"probe": "p", "title": "t", "at_most": True, "unit": "share", "cases": 1}
    assert not Finding(figure=float("nan"), bar=1.0, **fields).passed
    assert Finding(figure=None, bar=0.0, **fields).passed
    assert Finding(figure=1.0, bar=1.0, **fields).passed
