"""Accounts at other providers that belong to a person here."""

from __future__ import annotations

from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction

from portico.accounts.models import Person
from portico.accounts.second_factor.notices import Notice, Place
from portico.accounts.second_factor.telling import tell
from portico.accounts.verification import AddressNotVerified
from portico.audit.services import Actor, Change, record
from portico.kernel.errors import Conflict, NotFound, gettext_noop
from portico.single_sign_on.provider import name_of


class LinkedToAnother(Conflict):
    code = "linked_to_another"
    sentence = gettext_noop(
        "That account of %(provider)s is linked to another account here. Nothing was changed."
    )


class LinkedAlready(Conflict):
    code = "linked_already"
    sentence = gettext_noop("That account of %(provider)s is linked to yours already.")


class LastWayIn(Conflict):
    code = "last_way_in"
    sentence = gettext_noop(
        "You have no password, and this is the only way to sign in. Have a link to choose a "
        "password sent to you first: “Forgot your password?” on the sign-in page."
    )


def links_of(person: Person) -> list[SocialAccount]:
    """The accounts at providers with which this person may sign in, the oldest first."""
    return list(SocialAccount.objects.filter(user=person).order_by("date_joined", "id"))


def link(
    person: Person,
    *,
    provider: str,
    uid: str,
    known_as: dict[str, str],
    by: Actor,
    at: datetime,
    place: Place,
) -> SocialAccount:
    """Let a person sign in with an account at a provider.

    `uid` names it for ever, `known_as` is shown. Raises `LinkedToAnother`, `LinkedAlready` or
    `AddressNotVerified`.
    """
    try:
        with transaction.atomic():
            holder = Person.objects.select_for_update(no_key=True).get(id=person.id)
            if holder.verified_at is None:
                # Else whoever made an account in somebody's name would keep a way in when the
                # owner of the mailbox takes it over by choosing a password.
                raise AddressNotVerified
            made = SocialAccount.objects.create(
                user=person, provider=provider, uid=uid, extra_data=known_as
            )
            _record("account.linked", person, provider, by=by, at=at, place=place)
            tell(person, Notice.SIGN_IN_LINKED, place, at=at)
    except IntegrityError:
        found = SocialAccount.objects.filter(provider=provider, uid=uid).first()
        if found is not None and found.user_id == person.id:
            raise LinkedAlready(provider=name_of(provider)) from None
        raise LinkedToAnother(provider=name_of(provider)) from None
    return made


def unlink(
    person: Person,
    link_id: int,
    *,
    by: Actor,
    at: datetime,
    place: Place,
) -> str:
    """End a link of this person; returns what the provider is called. Raises `NotFound` for
    others', and `LastWayIn`."""
    with transaction.atomic():
        holder = Person.objects.select_for_update(no_key=True).get(id=person.id)
        links = list(SocialAccount.objects.filter(user=holder))
        found = next((one for one in links if one.pk == link_id), None)
        if found is None:
            raise NotFound
        if len(links) == 1 and not holder.has_usable_password():
            raise LastWayIn
        found.delete()
        _record("account.unlinked", holder, found.provider, by=by, at=at, place=place)
        tell(holder, Notice.SIGN_IN_UNLINKED, place, at=at)
    return name_of(found.provider)


def unlink_all(person: Person) -> int:
    """End all links of a person whose account is recovered; returns how many there were. The
    caller records it and tells them."""
    return int(SocialAccount.objects.filter(user=person).delete()[0])


def _record(
    action: str, person: Person, provider: str, *, by: Actor, at: datetime, place: Place
) -> None:
    record(
        action,
        by=by,
        at=at,
        workspace_id=place.workspace_id,
        subject_kind="person",
        subject_id=person.id,
        changes=[Change(field="provider", before="", after=name_of(provider))],
    )
