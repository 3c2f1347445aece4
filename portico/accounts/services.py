"""What people do with their own account."""

from __future__ import annotations

import zoneinfo
from datetime import datetime
from functools import cache
from uuid import UUID

from django.conf import settings
from django.db import transaction

from portico.accounts.models import Person
from portico.audit.services import Actor, Change, record
from portico.kernel.errors import Invalid, InvalidFields, gettext_noop
from portico.kernel.texts import check_visible


class UnknownLanguage(Invalid):
    code = "unknown_language"
    sentence = gettext_noop("“%(language)s” is not a language that pages come in.")


class UnknownTimeZone(Invalid):
    code = "unknown_time_zone"
    sentence = gettext_noop("“%(time_zone)s” is not a time zone. An example is Asia/Singapore.")


@cache
def time_zones() -> tuple[str, ...]:
    """All IANA time zones, by name. Looked up once: it means reading hundreds of files."""
    not_places = {"Factory", "localtime"}
    return tuple(sorted(zoneinfo.available_timezones() - not_places))


def check_language(language: str) -> str:
    """The language code, if pages come in it; raises `UnknownLanguage`."""
    if language not in dict(settings.LANGUAGES):
        raise UnknownLanguage(language=language)
    return language


def check_time_zone(time_zone: str) -> str:
    """The IANA name, if there is such a zone; raises `UnknownTimeZone`."""
    if time_zone not in time_zones():
        raise UnknownTimeZone(time_zone=time_zone)
    return time_zone


def make_person(
    email: str,
    *,
    name: str = "",
    password: str | None = None,
    verified_at: datetime | None = None,
) -> Person:
    """Make an account. Without a password nobody can sign in to it until one is set.

    `verified_at`: when it was proved that who has the account has the mailbox; None: not yet.
    """
    person = Person(email=email, name=name, verified_at=verified_at)
    if password is None:
        person.set_unusable_password()
    else:
        person.set_password(password)
    person.save()
    return person


def change_profile(
    person: Person,
    *,
    name: str,
    language: str,
    time_zone: str,
    by: Actor,
    at: datetime,
    workspace_id: UUID | None = None,
) -> Person:
    """Change how a person is called and which language and time zone their pages use.

    Empty language or time zone: the workspace's. `workspace_id` is where they did it, for the
    audit log. Raises `InvalidFields`.
    """
    errors: dict[str, Invalid] = {}
    name = " ".join(name.split())
    for field, value, check in (
        ("name", name, check_visible),
        ("language", language, check_language),
        ("time_zone", time_zone, check_time_zone),
    ):
        try:
            if value:
                check(value)
        except Invalid as error:
            errors[field] = error
    if errors:
        raise InvalidFields(errors)
    wanted = {"name": name, "language": language, "time_zone": time_zone}
    with transaction.atomic():
        person = Person.objects.select_for_update().get(id=person.id)
        changes = [
            _change(field, str(getattr(person, field)), value)
            for field, value in wanted.items()
            if getattr(person, field) != value
        ]
        if not changes:
            return person
        for field, value in wanted.items():
            setattr(person, field, value)
        person.save(update_fields=list(wanted))
        record(
            "account.profile_changed",
            by=by,
            at=at,
            workspace_id=workspace_id,
            subject_kind="person",
            subject_id=person.id,
            changes=changes,
        )
    return person


def _change(field: str, before: str, after: str) -> Change:
    if field == "name":  # what the audit log keeps could not be erased with the person
        return Change(field=field, before="", after="")
    return Change(field=field, before=before, after=after)
