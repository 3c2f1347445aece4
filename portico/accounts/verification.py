"""Proof that whoever has an account has the mailbox of its address, too.

An invitation proves nothing: it goes through the mail server of the workspace that invites, whose
admins can read it. What proves it went through the platform's own mailer.

Opening the link is not enough: it counts for who is signed in to the account. Else the owner of a
mailbox could be brought to confirm, with one click, an account that somebody else made in their
name and knows the password of. Who cannot sign in sets a new password by mail, which verifies
the address and ends the sessions of whoever else was there.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from portico.accounts.models import Person
from portico.audit.services import Actor, record
from portico.kernel.errors import Conflict, gettext_noop


class AddressNotVerified(Conflict):
    code = "address_not_verified"
    sentence = gettext_noop(
        "Please verify your email address first: have a link sent to you under Settings, Account, "
        "Profile."
    )


class VerificationLinkOver(Conflict):
    code = "verification_link_over"
    sentence = gettext_noop(
        "This link was used, is too old, or is not complete. Please have a new one sent to you."
    )


class _Keys(PasswordResetTokenGenerator):
    """Keys that end after three days, with a change of the password, and once one was used."""

    key_salt = "portico.accounts.verification"

    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        # Not when they signed in last, as in Django's own: who opens the link may just have.
        assert isinstance(user, Person)  # noqa: S101 - Django's signature is wider
        return f"{user.pk}{user.password}{user.email}{user.verified_at}{timestamp}"


_keys = _Keys()


def verification_path(person: Person) -> str:
    """The path at which this person verifies their address, on any host of the platform."""
    return reverse(
        "verify_address", kwargs={"person_id": person.id, "key": _keys.make_token(person)}
    )


def send_verification(person_id: UUID, *, origin: str, brand_name: str, language: str) -> bool:
    """Send the link by the platform's own mailer; returns whether there is anything to verify.

    `origin` is scheme and host of the link. `language` is for people who have chosen none.
    """
    person = Person.objects.filter(id=person_id, is_active=True, verified_at=None).first()
    if person is None:
        return False
    context = {"brand_name": brand_name, "verification_url": origin + verification_path(person)}
    with translation.override(person.language or language):
        subject = render_to_string("account/email/verification_subject.txt", context)
        text = render_to_string("account/email/verification_message.txt", context)
    EmailMessage(" ".join(subject.split()), text.strip(), to=[person.email]).send()
    return True


def check_key(person: Person, key: str) -> None:
    """Raise `VerificationLinkOver` unless the key verifies this person's address now."""
    if not _keys.check_token(person, key):
        raise VerificationLinkOver


def verify(
    person: Person, key: str, *, by: Actor, at: datetime, workspace_id: UUID | None = None
) -> Person:
    """Verify the address of who is signed in, by the link that they opened.

    Raises `VerificationLinkOver`.
    """
    with transaction.atomic():
        check_key(Person.objects.select_for_update().get(id=person.id), key)
        mark_verified(person, by=by, at=at, workspace_id=workspace_id)
    return person


def mark_verified(
    person: Person, *, by: Actor, at: datetime, workspace_id: UUID | None = None
) -> None:
    """Note that the person has proved to hold the mailbox; the first time counts."""
    if person.verified_at is not None:
        return
    with transaction.atomic():
        person.verified_at = at
        person.save(update_fields=["verified_at"])
        record(
            "account.verified",
            by=by,
            at=at,
            workspace_id=workspace_id,
            subject_kind="person",
            subject_id=person.id,
        )
