"""`harness verifiers list`, `show` and `register`: the code behind each verdict."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from db.records import AuditRecord, VerifierRecord
from db.store import open_store
from harness.home import open_home
from harness.telemetry import open_console
from rewards.registration import registration_of
from rewards.verifier import VERIFIERS, Tools, open_verifier
from sandbox.backend import open_backend


def list_verifiers(home: Path | None, *, as_json: bool) -> None:
    """Print every version of every verifier that the home knows."""
    with open_store(open_home(home).database_url) as store:
        found = store.verifiers()
    if as_json:
        sys.stdout.write(json.dumps([_row(each) for each in found]) + "\n")
        return
    table = Table("verifier", "version", "code", "last opened", "last audit", box=None)
    for each in found:
        opened = f"{each.registered_at:%Y-%m-%d %H:%M}" if each.registered_at else "-"
        table.add_row(
            each.name, each.version, each.code_hash[:8] or "-", opened, _audit_word(each.last_audit)
        )
    open_console().print(table)


def show_verifier(name: str, home: Path | None, *, as_json: bool) -> None:
    """Print all that is known of one verifier.

    Raises:
        StoreError: the home does not know it.
    """
    with open_store(open_home(home).database_url) as store:
        versions = store.verifiers(name)
        audits = store.audits(name)
    shown = {
        "name": name,
        "versions": [_row(each) for each in versions],
        "audits": [_audit_row(audit) for audit in audits],
    }
    if as_json:
        sys.stdout.write(json.dumps(shown) + "\n")
        return
    for each in versions:
        code, audit = each.code_hash or "unknown", _audit_word(each.last_audit)
        sys.stdout.write(f"{name} {each.version}, code {code}, audit: {audit}\n")
        for what, values in (("library", each.libraries), ("configuration", each.configuration)):
            for key, value in values.items():
                sys.stdout.write(f"  {what} {key} {value}\n")


def register_verifiers(names: Sequence[str], home: Path | None) -> None:
    """Keep what verifiers are made of here; without names, all that are shipped.

    Raises:
        UnknownVerifier: there is none of that name.
    """
    tools = Tools(sandbox=open_backend)  # opening a verifier opens no sandbox
    with open_store(open_home(home).database_url) as store:
        for name in names or sorted(VERIFIERS):
            verifier = open_verifier(name, tools, own=True)
            registration = registration_of(verifier)
            verifier.close()
            store.register_verifier(registration)
            sys.stdout.write(f"{registration.name} {registration.version} {registration.code_hash}\n")


def _row(each: VerifierRecord) -> dict[str, Any]:
    return {
        "name": each.name,
        "version": each.version,
        "code_hash": each.code_hash,
        "libraries": dict(each.libraries),
        "configuration": dict(each.configuration),
        "registered_at": each.registered_at.isoformat() if each.registered_at else None,
        "last_audit": _audit_row(each.last_audit) if each.last_audit else None,
    }


def _audit_row(audit: AuditRecord) -> dict[str, Any]:
    return {
        "version": audit.version,
        "code_hash": audit.code_hash,
        "passed": audit.passed,
        "created_at": audit.created_at.isoformat(),
        "report": dict(audit.report),
    }


def _audit_word(audit: AuditRecord | None) -> str:
    if audit is None:
        return "none"
    return f"{'passed' if audit.passed else 'failed'} {audit.created_at:%Y-%m-%d}"
