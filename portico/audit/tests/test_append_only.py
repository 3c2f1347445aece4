from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from conftest import Cast
from portico.audit.models import AuditEntry, AuditPerson
from portico.audit.services import PLATFORM, Actor, Via, erase_person, record
from portico.kernel.ids import new_id
from portico.workspaces.models import Workspace
from tests.make import AT, actor


def entry_of(cast: Cast, *, by: Actor | None = None, label: str = "about-us") -> AuditEntry:
    return record(
        "settings.save",
        by=by or actor(cast.admin),
        at=AT,
        workspace_id=cast.acme.id,
        subject_kind="section",
        subject_id="about-us",
        subject_label=label,
        reason="New address",
        changes=[{"field": "url", "before": "", "after": "https://example.com/"}],
    )


COLUMNS = "id, at, via, action, subject_kind, subject_id, subject_label, reason, changes"
UPSERT = (
    f"INSERT INTO audit_auditentry ({COLUMNS}) SELECT {COLUMNS} FROM audit_auditentry"
    " ON CONFLICT (id) DO UPDATE SET reason = ''"
)
MERGE = (
    "MERGE INTO audit_auditentry USING (SELECT 1) one ON true"
    " WHEN MATCHED THEN UPDATE SET reason = ''"
)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditentry SET subject_label = 'another'",
        "UPDATE audit_auditentry SET actor_id = NULL WHERE id = %(id)s",
        "DELETE FROM audit_auditentry",
        "DELETE FROM audit_auditentry WHERE id = %(id)s",
        "TRUNCATE audit_auditentry",
        "TRUNCATE audit_auditperson, audit_auditentry CASCADE",
        UPSERT,
        MERGE,
    ],
)
def test_the_database_refuses_to_change_what_happened(cast: Cast, statement: str) -> None:
    entry = entry_of(cast)
    before = list(AuditEntry.objects.values())

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, {"id": entry.id})

    assert list(AuditEntry.objects.values()) == before


def test_the_orm_gets_no_further(cast: Cast) -> None:
    entry = entry_of(cast)
    entry.reason = "Another"

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        entry.save()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        entry.delete()

    assert AuditEntry.objects.get(id=entry.id).reason == "New address"


def test_a_refused_change_takes_all_of_its_transaction_back(cast: Cast) -> None:
    entry = entry_of(cast)

    def change_and_tamper() -> None:
        with transaction.atomic():
            Workspace.objects.filter(slug="acme").update(name="Changed")
            entry_of(cast, label="more")
            AuditEntry.objects.filter(id=entry.id).update(reason="")

    with pytest.raises(DatabaseError, match="append-only"):
        change_and_tamper()

    assert Workspace.objects.get(slug="acme").name == "Acme Pay"
    assert not AuditEntry.objects.filter(subject_label="more").exists()
    assert entry_of(cast, label="afterwards") in AuditEntry.objects.all()


def test_an_entry_goes_with_the_change_that_it_is_about(cast: Cast) -> None:
    def record_and_fail() -> None:
        with transaction.atomic():
            entry_of(cast, label="never")
            raise LookupError

    with pytest.raises(LookupError):
        record_and_fail()

    assert not AuditEntry.objects.filter(subject_label="never").exists()


def test_an_entry_outlives_what_it_is_about(cast: Cast) -> None:
    entry, workspace_id = entry_of(cast), cast.acme.id

    cast.admin.person.delete()
    cast.acme.delete()

    kept = AuditEntry.objects.select_related("actor").get(id=entry.id)
    assert (kept.subject_label, kept.workspace_id) == ("about-us", workspace_id)
    assert kept.actor is not None
    assert kept.actor.name == "Workspace Admin"


def test_an_erased_person_is_forgotten_and_what_they_did_stays(cast: Cast) -> None:
    entry, other = entry_of(cast), entry_of(cast, by=actor(cast.developer))

    erase_person(cast.admin.person_id, at=AT)

    erased = AuditEntry.objects.select_related("actor").get(id=entry.id).actor
    assert erased is not None
    assert (erased.name, erased.email, erased.erased_at) == ("", "", AT)
    kept = AuditEntry.objects.select_related("actor").get(id=other.id).actor
    assert kept is not None
    assert kept.email == "developer@acme.example.com"


def test_a_late_entry_does_not_bring_an_erased_person_back(cast: Cast) -> None:
    entry_of(cast)
    erase_person(cast.admin.person_id, at=AT)

    entry_of(cast)

    assert AuditPerson.objects.get(id=cast.admin.person_id).email == ""


def test_a_person_is_named_as_they_are_called_now(cast: Cast) -> None:
    entry = entry_of(cast)
    cast.admin.person.name = "Ada Lovelace"

    entry_of(cast)

    named = AuditEntry.objects.select_related("actor").get(id=entry.id).actor
    assert named is not None
    assert named.name == "Ada Lovelace"


def test_what_the_platform_does_has_no_person(cast: Cast) -> None:
    entry = entry_of(cast, by=PLATFORM)

    assert (entry.actor_id, entry.via) == (None, Via.PLATFORM)


def test_long_labels_and_reasons_are_cut_rather_than_lost(cast: Cast) -> None:
    entry = record(
        "settings.save",
        by=PLATFORM,
        at=AT + timedelta(days=1),
        workspace_id=cast.acme.id,
        subject_kind="section",
        subject_id=new_id(),
        subject_label="x" * 1000,
        reason="y" * 1000,
    )

    assert (len(entry.subject_label), len(entry.reason)) == (300, 500)
