"""A version that is not in force yet is withdrawn by leaving it out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.kernel.errors import InvalidFields
from portico.legal.models import LegalDocument, LegalKind, LegalVersion
from portico.legal.services import coming_versions, version_in_force
from portico.legal.tests.publishing import entry, listed, publish, save, upload
from portico.outbox.models import Event
from tests.make import AT

DAY = timedelta(days=1)


def test_leaving_out_a_version_to_come_withdraws_it(cast: Cast) -> None:
    first = publish(cast.acme, cast.admin, "One")
    there = listed(cast.acme)
    publish(cast.acme, cast.admin, "Two", effective_at=AT + 9 * DAY)

    save(cast.acme, cast.admin, there, at=AT + DAY)

    assert coming_versions(cast.acme, at=AT + DAY) == []
    assert version_in_force(cast.acme, LegalKind.TERMS, at=AT + 10 * DAY) == first
    withdrawn = AuditEntry.objects.get(action="legal.withdrawn")
    assert withdrawn.subject_label == "Terms of Service 2"
    assert Event.objects.get(name="legal.withdrawn").payload == {
        "kind": "terms-of-service",
        "version": 2,
    }


def test_the_number_of_a_withdrawn_version_is_not_given_again(cast: Cast) -> None:
    publish(cast.acme, cast.admin, "One")
    there = listed(cast.acme)
    publish(cast.acme, cast.admin, "Two", effective_at=AT + 9 * DAY)
    save(cast.acme, cast.admin, there)

    third = publish(cast.acme, cast.admin, "Three")

    assert third.number == 3


def test_a_withdrawn_version_cannot_be_listed_again(cast: Cast) -> None:
    publish(cast.acme, cast.admin, "One")
    there = listed(cast.acme)
    publish(cast.acme, cast.admin, "Two", effective_at=AT + 9 * DAY)
    both = listed(cast.acme)
    save(cast.acme, cast.admin, there)

    with pytest.raises(InvalidFields) as refusal:
        save(cast.acme, cast.admin, both)

    assert [error.code for error in refusal.value.errors.values()] == ["was_withdrawn"]


def test_a_version_to_come_can_be_replaced_in_one_step(cast: Cast) -> None:
    publish(cast.acme, cast.admin, "One")
    there = listed(cast.acme)
    publish(cast.acme, cast.admin, "Two", effective_at=AT + 9 * DAY)

    save(cast.acme, cast.admin, [*there, entry(upload(cast.acme, "Three"))], at=AT + DAY)

    in_force = version_in_force(cast.acme, LegalKind.TERMS, at=AT + DAY)
    assert in_force is not None
    assert in_force.number == 3


def test_the_database_refuses_a_document_that_comes_after_its_version(cast: Cast) -> None:
    version = publish(cast.acme, cast.admin)
    (document,) = version.documents.all()
    with connection.cursor() as cursor:  # as it is at the end of each transaction
        cursor.execute("RESET portico.new_legal_versions")

    with pytest.raises(DatabaseError, match="No document is added"), transaction.atomic():
        LegalDocument.objects.create(
            version=version,
            language="zh-hans",
            sha256=document.sha256,
            size=document.size,
            pages=document.pages,
        )


@pytest.mark.parametrize(
    "change",
    [
        lambda version: LegalVersion.objects.filter(id=version.id).update(number=7),
        lambda version: LegalVersion.objects.filter(id=version.id).update(material=False),
        lambda version: LegalVersion.objects.filter(id=version.id).delete(),
        lambda version: LegalVersion.objects.filter(id=version.id).update(withdrawn_at=AT + DAY),
        lambda version: LegalDocument.objects.filter(version=version).update(sha256="0" * 64),
        lambda version: LegalDocument.objects.filter(version=version).delete(),
    ],
    ids=["number", "material", "delete", "withdraw in force", "hash", "delete document"],
)
def test_the_database_refuses_to_change_what_is_published(cast: Cast, change: object) -> None:
    version = publish(cast.acme, cast.admin)

    with pytest.raises(DatabaseError), transaction.atomic():
        change(version)  # type: ignore[operator]

    version.refresh_from_db()
    assert (version.number, version.material, version.withdrawn_at) == (1, True, None)
