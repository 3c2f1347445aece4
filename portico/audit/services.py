"""What happened, written in the transaction in which it happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypedDict
from uuid import UUID

from portico.audit.models import AuditEntry, AuditPerson


class Via(StrEnum):
    """The way by which somebody did something."""

    PAGE = "page"
    API = "api"
    COMMAND = "command"
    PLATFORM = "platform"


@dataclass(frozen=True)
class Actor:
    """Who does something, and from where. `person_id` None: the platform itself."""

    person_id: UUID | None = None
    email: str = ""
    name: str = ""
    via: Via = Via.PLATFORM
    ip: str | None = None


PLATFORM = Actor()


def on_behalf_of(person: AuditPerson | None) -> Actor:
    """Whoever asked on a page for what is done for them later; None: the platform did."""
    if person is None:
        return PLATFORM
    return Actor(person_id=person.id, email=person.email, name=person.name, via=Via.PAGE)


def named(by: Actor) -> AuditPerson | None:
    """Whoever acts, as the log knows them, for a row that names them; None: the platform does."""
    if by.person_id is None:
        return None
    return remember(by.person_id, email=by.email, name=by.name)


class Change(TypedDict):
    """One field's change, as text that is safe to show."""

    field: str
    before: str
    after: str


def record(
    action: str,
    *,
    by: Actor,
    at: datetime,
    workspace_id: UUID | None,
    subject_kind: str,
    subject_id: object = "",
    subject_label: str = "",
    reason: str = "",
    changes: Sequence[Change] = (),
) -> AuditEntry:
    """Write one entry. Call it inside the transaction of the change; never pass a secret."""
    named(by)
    return AuditEntry.objects.create(
        action=action,
        workspace_id=workspace_id,
        at=at,
        actor_id=by.person_id,
        via=by.via,
        ip=by.ip,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        subject_label=subject_label[:300],
        reason=reason[:500],
        changes=list(changes),
    )


def erase_person(person_id: UUID, *, at: datetime) -> None:
    """Forget who is behind an id. What they did stays, done by "an erased person"."""
    AuditPerson.objects.filter(id=person_id).update(email="", name="", erased_at=at)


def remember(person_id: UUID, *, email: str, name: str) -> AuditPerson:
    """Have the log know who is behind an id: of who acts, or of whom an entry is about.

    Entries about somebody name the id alone (`subject_kind` "person", no label), so that erasing
    the person reaches them, too.
    """
    person, made = AuditPerson.objects.get_or_create(
        id=person_id, defaults={"email": email, "name": name}
    )
    if not made and (person.email, person.name) != (email, name):
        # Who was erased stays erased, whatever a retried job still knows of them.
        AuditPerson.objects.filter(id=person.id, erased_at=None).update(email=email, name=name)
    return person
