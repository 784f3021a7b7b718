"""Verbs on verifiers: the code that stood behind each verdict, and what its audits found."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from db import mapping
from db.catalog import Catalog, insert_missing
from db.connection import Database
from db.errors import UnknownRecord
from db.records import AuditRecord, VerifierRecord
from db.tables import AuditRow, VerifierRow
from rewards.registration import Registration


class VerifierVerbs:
    """The part of the store that knows who judged."""

    _database: Database
    _catalog: Catalog

    def register_verifier(self, registration: Registration) -> None:
        """Keep what a verifier is made of; what this store keeps of its name and version is its verdict then.

        Said again, it is one row, with a new `registered_at`.
        """
        values = {
            "name": registration.name,
            "version": registration.version,
            "code_hash": registration.code_hash,
            "libraries": registration.libraries,
            "configuration": registration.configuration,
        }
        with self._database.writing() as connection:
            insert_missing(connection, VerifierRow, [values])
            key = _key(connection, registration.name, registration.version, registration.code_hash)
            touch = update(VerifierRow).where(VerifierRow.id == key)
            connection.execute(touch.values(registered_at=mapping.now()))
        self._catalog.prefer(registration.name, registration.version, key)

    def verifiers(self, name: str | None = None) -> list[VerifierRecord]:
        """All verifiers that are known, or those of one name; by name, the one opened last first.

        Raises:
            UnknownRecord: none of that name.
        """
        newest = select(func.max(AuditRow.id)).group_by(AuditRow.verifier_id)
        query = select(VerifierRow).order_by(
            VerifierRow.name, VerifierRow.registered_at.is_(None), VerifierRow.registered_at.desc()
        )
        with self._database.reading() as connection:
            audits = {
                row.verifier_id: row for row in connection.execute(_AUDITS.where(AuditRow.id.in_(newest)))
            }
            rows = connection.execute(query).all()
        found = [_record(row, audits.get(row.id)) for row in rows if name in (None, row.name)]
        if name is not None and not found:
            known = ", ".join(sorted({row.name for row in rows}))
            raise UnknownRecord(f"no verifier {name!r} is registered here: have {known or 'none yet'}")
        return found

    def keep_audit(
        self, *, name: str, version: str, code_hash: str, report: Mapping[str, Any], passed: bool
    ) -> None:
        """Keep an audit of a verifier.

        Args:
            name: the verifier's.
            version: the verifier's.
            code_hash: of its registration.
            report: what was found, as JSON values.
            passed: whether it stayed within the verifier's bar.
        """
        with self._database.writing() as connection:
            insert_missing(
                connection, VerifierRow, [{"name": name, "version": version, "code_hash": code_hash}]
            )
            connection.execute(
                insert(AuditRow).values(
                    verifier_id=_key(connection, name, version, code_hash),
                    passed=passed,
                    report=report,
                    created_at=mapping.now(),
                )
            )

    def audits(self, name: str) -> list[AuditRecord]:
        """Audits of all versions of a verifier, newest first."""
        query = _AUDITS.where(VerifierRow.name == name).order_by(AuditRow.id.desc())
        with self._database.reading() as connection:
            return [_audit_record(row) for row in connection.execute(query)]


_AUDITS = select(AuditRow, VerifierRow.version, VerifierRow.code_hash).join(
    VerifierRow, VerifierRow.id == AuditRow.verifier_id
)


def _key(connection: Connection, name: str, version: str, code_hash: str) -> int:
    identity = {"name": name, "version": version, "code_hash": code_hash}
    return connection.scalars(select(VerifierRow.id).filter_by(**identity)).one()


def _record(row: mapping.AnyRow, audit: mapping.AnyRow | None) -> VerifierRecord:
    return VerifierRecord(
        name=row.name,
        version=row.version,
        code_hash=row.code_hash,
        libraries=row.libraries,
        configuration=row.configuration,
        registered_at=None if row.registered_at is None else row.registered_at.replace(tzinfo=UTC),
        last_audit=None if audit is None else _audit_record(audit),
    )


def _audit_record(row: mapping.AnyRow) -> AuditRecord:
    return AuditRecord(
        version=row.version,
        code_hash=row.code_hash,
        passed=row.passed,
        report=row.report,
        created_at=row.created_at.replace(tzinfo=UTC),
    )
