from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from conftest import Cast
from portico.accounts.models import Person
from portico.accounts.services import change_profile, make_person
from portico.audit.models import AuditEntry
from portico.audit.services import erase_person
from portico.kernel.errors import InvalidFields
from tests.make import AT, PASSWORD, actor


def test_an_address_is_kept_in_lower_case_whoever_writes_it(db: None) -> None:
    person = make_person(" Ada@Example.COM ", name="Ada")

    found = Person.objects.get_by_natural_key("ADA@example.com")

    assert found == person
    assert found.email == "ada@example.com"
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(id=person.id).update(email="Ada@example.com")


def test_one_address_has_one_account(db: None) -> None:
    make_person("ada@example.com")

    with pytest.raises(IntegrityError), transaction.atomic():
        make_person("ADA@example.com")


def test_without_a_password_nobody_signs_in(db: None) -> None:
    without, with_one = (
        make_person("a@example.com"),
        make_person("b@example.com", password=PASSWORD),
    )

    assert not without.has_usable_password()
    assert not without.check_password("")
    assert with_one.check_password(PASSWORD)


def test_a_profile_is_changed_and_recorded(cast: Cast) -> None:
    person = change_profile(
        cast.admin.person,
        name="  Ada Lovelace ",
        language="zh-hans",
        time_zone="Asia/Singapore",
        by=actor(cast.admin),
        at=AT,
    )

    person.refresh_from_db()
    assert (person.name, person.language) == ("Ada Lovelace", "zh-hans")
    entry = AuditEntry.objects.get(action="account.profile_changed")
    assert entry.subject_id == str(person.id)
    assert {"field": "time_zone", "before": "", "after": "Asia/Singapore"} in entry.changes


def test_every_wrong_field_of_a_profile_is_named_and_nothing_saved(cast: Cast) -> None:
    with pytest.raises(InvalidFields) as refused:
        change_profile(
            cast.admin.person,
            name="Ada",
            language="tlh",
            time_zone="Mars/Olympus",
            by=actor(cast.admin),
            at=AT,
        )

    cast.admin.person.refresh_from_db()
    assert set(refused.value.errors) == {"language", "time_zone"}
    assert cast.admin.person.name == "Workspace Admin"


def test_saving_the_same_profile_records_nothing(cast: Cast) -> None:
    change_profile(
        cast.admin.person,
        name="Workspace Admin",
        language="",
        time_zone="",
        by=actor(cast.admin),
        at=AT,
    )

    assert not AuditEntry.objects.filter(action="account.profile_changed").exists()


def test_what_people_did_with_their_account_names_nobody_once_they_are_erased(cast: Cast) -> None:
    by = actor(cast.outsider)
    change_profile(
        cast.outsider.person, name="Zoe Zebra", language="en", time_zone="UTC", by=by, at=AT
    )

    erase_person(cast.outsider.person_id, at=AT)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT row_to_json(entry)::text || row_to_json(person)::text"
            " FROM audit_auditentry entry JOIN audit_auditperson person ON person.id = actor_id"
        )
        kept = " ".join(row for (row,) in cursor.fetchall())
    assert "account.profile_changed" in kept
    assert "Zoe" not in kept
    assert "zenith.example.com" not in kept
