"""What other features ask about second factors, and taking them away from somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q

from portico.accounts.models import Person
from portico.accounts.second_factor.notices import Notice, Place
from portico.accounts.second_factor.telling import tell
from portico.accounts.sessions import end_sessions
from portico.audit.services import Actor, record, remember

# Recovery codes alone are none: they stand in for one of these.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_second_factor(person: Person) -> bool:
    """Whether this person is asked for a second factor wherever they sign in by password: they
    have an authenticator app, or a passkey at any host. One query.

    A passkey can be used at its own host alone; elsewhere its holder gives a recovery code.
    """
    return bool(Authenticator.objects.filter(user=person, type__in=FACTORS).exists())


def second_factors(to_person: str) -> Exists:
    """The same as a subquery, to be read along with a row; `to_person` is the path from that row
    to the person's id, such as "person_id" or "membership__person_id"."""
    return Exists(Authenticator.objects.filter(user_id=OuterRef(to_person), type__in=FACTORS))


def second_factor_since(person: Person) -> datetime | None:
    """When the newest of this person's factors was added; None: they have none."""
    found = Authenticator.objects.filter(user=person, type__in=FACTORS)
    newest: datetime | None = found.aggregate(at=Max("created_at"))["at"]
    return newest


def shown_after(to_person: str, to_moment: str) -> Exists:
    """Whether a person used or made a factor, or recovery codes, after a moment, as a subquery:
    they hold it. Both are paths from the row that is read."""
    later = Q(last_used_at__gt=OuterRef(to_moment)) | Q(created_at__gt=OuterRef(to_moment))
    return Exists(Authenticator.objects.filter(later, user_id=OuterRef(to_person)))


@dataclass(frozen=True)
class Removed:
    """What was taken away."""

    app: bool
    passkeys: int
    sessions: int


def remove_second_factors(
    person: Person,
    *,
    by: Actor,
    at: datetime,
    workspace_id: UUID | None = None,
    reason: str = "",
    brand_name: str = "Portico",
) -> Removed:
    """Take app, passkeys and recovery codes away from somebody who is locked out, at all hosts.

    From then on their password alone signs them in, until they add a factor again. All their
    sessions end: whoever holds a lost phone is out, too. They are told by mail, through the
    platform's own mailer. Recorded even where there was nothing to remove. `brand_name` is for
    the mail. The caller has checked who may do this.
    """
    with transaction.atomic():
        Person.objects.select_for_update().get(id=person.id)
        found = Authenticator.objects.select_for_update().filter(user=person)
        kinds = [authenticator.type for authenticator in found]
        Authenticator.objects.filter(user=person).delete()
        removed = Removed(
            app=Authenticator.Type.TOTP in kinds,
            passkeys=kinds.count(Authenticator.Type.WEBAUTHN),
            sessions=end_sessions(person),
        )
        remember(person.id, email=person.email, name=person.name)
        record(
            "account.second_factors_removed",
            by=by,
            at=at,
            workspace_id=workspace_id,
            subject_kind="person",
            subject_id=person.id,
            reason=reason,
        )
        if kinds:
            tell(person, Notice.ALL_REMOVED, Place(brand_name=brand_name), at=at)
    return removed
