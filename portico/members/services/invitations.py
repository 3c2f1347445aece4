"""Inviting people, and taking it back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from portico.accounts.services import check_language
from portico.audit.services import Actor, Change, named, record
from portico.kernel.errors import Invalid, InvalidFields
from portico.members.addresses import LONGEST, NotAnAddress, check_address
from portico.members.links import new_nonce
from portico.members.models import Invitation, InvitationState
from portico.members.rules import check_count, check_message
from portico.members.services.bounds import keep_within_bounds
from portico.members.services.errors import (
    InvitationExpired,
    InvitationUsed,
    InvitationWithdrawn,
    SentJustNow,
)
from portico.members.services.holding import held_invitation, hold
from portico.members.services.telling import mail_invitation
from portico.outbox.services import publish
from portico.workspaces.models import Membership, Workspace
from portico.workspaces.permissions import Role

LASTS = timedelta(days=3)
PAUSE = timedelta(minutes=1)


class Outcome(StrEnum):
    """What became of one address."""

    INVITED = "invited"
    RENEWED = "renewed"
    ALREADY_INVITED = "already_invited"
    ALREADY_MEMBER = "already_member"
    INVALID = "invalid"

    @property
    def is_sent(self) -> bool:
        """Whether a mail is on its way."""
        return self in {Outcome.INVITED, Outcome.RENEWED}


@dataclass(frozen=True)
class Answer:
    """What became of one address, with the invitation that there is for it now."""

    email: str
    outcome: Outcome
    invitation: Invitation | None = None


def invite(
    workspace: Workspace,
    emails: Iterable[str],
    *,
    role: Role,
    message: str = "",
    language: str = "",
    by: Actor,
    at: datetime,
) -> list[Answer]:
    """Invite up to fifty addresses at once; each is answered for, in the order given.

    An address that was invited and let it expire is invited anew. `language` is that of the mail,
    for people without an account; empty: the workspace's. Raises `InvalidFields` (the message, the
    language, or how many addresses), `TooManyInvitations` or `InvitedTooOften`, and then nobody is
    invited.
    """
    addresses = [*dict.fromkeys(email.strip() for email in emails)]
    message = _checked(addresses, message, language)
    with transaction.atomic():
        workspace = hold(workspace)
        answers = _answers(workspace, addresses, at=at)
        sending = [answer.email for answer in answers if answer.outcome.is_sent]
        keep_within_bounds(workspace, sending, at=at)
        words = _Words(role=role, message=message, language=language)
        return [
            _sent(workspace, answer, words, by=by, at=at) if answer.outcome.is_sent else answer
            for answer in answers
        ]


def resend(workspace: Workspace, invitation_id: UUID, *, by: Actor, at: datetime) -> Invitation:
    """Mail an invitation again, good for another three days. Links of before no longer work.

    Raises `NotFound`, `InvitationUsed`, `InvitationWithdrawn`, `SentJustNow`,
    `TooManyInvitations` or `InvitedTooOften`.
    """
    with transaction.atomic():
        workspace = hold(workspace)
        invitation = held_invitation(workspace, invitation_id)
        _refuse_answered(invitation)
        if at - invitation.sent_at < PAUSE:
            raise SentJustNow
        keep_within_bounds(workspace, [invitation.email], at=at)
        _send_again(invitation, by=by, at=at)
    return invitation


def withdraw(workspace: Workspace, invitation_id: UUID, *, by: Actor, at: datetime) -> Invitation:
    """End an invitation before it is accepted.

    Raises `NotFound`, `InvitationUsed` or `InvitationWithdrawn`.
    """
    with transaction.atomic():
        invitation = held_invitation(hold(workspace), invitation_id)
        _refuse_answered(invitation)
        _end(invitation, by=by, at=at)
    return invitation


def withdraw_all_to(email: str, workspace: Workspace, *, by: Actor, at: datetime) -> None:
    """End the invitation to an address that nobody has answered, if any. Hold the workspace."""
    for invitation in Invitation.objects.unanswered().filter(workspace=workspace, email=email):
        _end(invitation, by=by, at=at)


def refuse_over(invitation: Invitation, *, at: datetime) -> None:
    """Raise the `InvitationOver` that fits, unless the invitation is open."""
    _refuse_answered(invitation)
    if invitation.state(at=at) is not InvitationState.OPEN:
        raise InvitationExpired


def _end(invitation: Invitation, *, by: Actor, at: datetime) -> None:
    invitation.withdrawn_at = at
    invitation.save(update_fields=["withdrawn_at"])
    _record("invitation.withdrawn", invitation, by=by, at=at)


@dataclass(frozen=True)
class _Words:
    role: Role
    message: str
    language: str


def _refuse_answered(invitation: Invitation) -> None:
    if invitation.accepted_at:
        raise InvitationUsed
    if invitation.withdrawn_at:
        raise InvitationWithdrawn


def _checked(addresses: list[str], message: str, language: str) -> str:
    """The message as it is kept; raises `InvalidFields`."""
    errors: dict[str, Invalid] = {}
    try:
        check_count(addresses)
    except Invalid as error:
        errors["emails"] = error
    try:
        message = check_message(message)
    except Invalid as error:
        errors["message"] = error
    try:
        if language:
            check_language(language)
    except Invalid as error:
        errors["language"] = error
    if errors:
        raise InvalidFields(errors)
    return message


def _answers(workspace: Workspace, texts: list[str], *, at: datetime) -> list[Answer]:
    """What is to become of each address. The workspace is held, so it stays so."""
    addresses = {text: _address(text) for text in texts}
    usable = [address for address in addresses.values() if address]
    members = set(
        Membership.objects.filter(workspace=workspace, person__email__in=usable).values_list(
            "person__email", flat=True
        )
    )
    waiting = {
        invitation.email: invitation
        for invitation in Invitation.objects.unanswered().filter(
            workspace=workspace, email__in=usable
        )
    }
    answers: dict[str, Answer] = {}
    for text, address in addresses.items():
        invitation = waiting.get(address)
        if not address:
            outcome = Outcome.INVALID
        elif address in members:
            outcome = Outcome.ALREADY_MEMBER
        elif invitation is None:
            outcome = Outcome.INVITED
        elif invitation.state(at=at) is InvitationState.OPEN:
            outcome = Outcome.ALREADY_INVITED
        else:
            outcome = Outcome.RENEWED
        email = address or _legible(text)
        answers.setdefault(email, Answer(email=email, outcome=outcome, invitation=invitation))
    return list(answers.values())


def _address(text: str) -> str:
    try:
        return check_address(text)
    except NotAnAddress:
        return ""


def _legible(text: str) -> str:
    """What was given for an address, so that it can be shown and sent back whatever it was."""
    return text[:LONGEST].encode(errors="replace").decode().replace("\x00", "\ufffd")


def _sent(
    workspace: Workspace, answer: Answer, words: _Words, *, by: Actor, at: datetime
) -> Answer:
    invitation = answer.invitation or Invitation(
        workspace=workspace, email=answer.email, created_at=at
    )
    invitation.workspace = workspace
    invitation.role = words.role.value
    invitation.message = words.message
    invitation.language = words.language
    invitation.invited_by = named(by)
    if answer.invitation is None:
        _mail(invitation, at=at)
        _record("invitation.made", invitation, by=by, at=at)
    else:
        _send_again(invitation, by=by, at=at)
    return replace(answer, invitation=invitation)


def _send_again(invitation: Invitation, *, by: Actor, at: datetime) -> None:
    _mail(invitation, at=at)
    _record("invitation.resent", invitation, by=by, at=at)


def _mail(invitation: Invitation, *, at: datetime) -> None:
    invitation.nonce, invitation.sent_at, invitation.expires_at = new_nonce(), at, at + LASTS
    invitation.save()
    mail_invitation(invitation, at=at)


def _record(action: str, invitation: Invitation, *, by: Actor, at: datetime) -> None:
    # No label: the log keeps the id, and pages look the address up as long as it is kept.
    record(
        action,
        by=by,
        at=at,
        workspace_id=invitation.workspace_id,
        subject_kind="invitation",
        subject_id=invitation.id,
        changes=[Change(field="role", before="", after=invitation.role)],
    )
    publish(
        action,
        workspace_id=invitation.workspace_id,
        payload={"invitation": str(invitation.id), "role": invitation.role},
        at=at,
    )
