"""Invitations over HTTP. An invitation's link is in no answer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Schema, Status
from pydantic import Field

from portico.accounts.http import actor_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import Invalid, gettext_noop
from portico.kernel.permissions import Permission
from portico.members import services
from portico.members.addresses import NotAnAddress
from portico.members.models import Invitation, InvitationState
from portico.members.queries import InvitationFilters, invitation_of, invitations_of
from portico.members.services import Answer, InvitedAlready, Outcome
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest
from portico.workspaces.idempotency import idempotent
from portico.workspaces.permissions import Role
from portico.workspaces.services import AlreadyMember


class OneOrSeveral(Invalid):
    code = "one_or_several"
    sentence = gettext_noop("Send either “email”, one address, or “emails”, a list of them.")


class InvitationAnswer(Schema):
    """An invitation. `invited_by` is empty for the platform and for an erased person."""

    id: UUID
    email: str
    role: Role
    message: str
    state: InvitationState
    invited_by: str
    created_at: datetime
    sent_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    withdrawn_at: datetime | None


class InvitationsAnswer(Schema):
    """Some invitations, newest first. `next`: the `cursor` of those after."""

    items: list[InvitationAnswer]
    next: UUID | None


class InvitationsAsked(Schema):
    """What to look for; what is left out asks for nothing."""

    q: str = Field("", max_length=200, description="Parts of the address.")
    role: Role | None = None
    state: InvitationState | None = None
    cursor: UUID | None = None
    limit: int = Field(50, ge=1, le=200)


class InvitationsGiven(Schema):
    """Whom to invite: one `email`, or up to 50 `emails`. `language`: of the mail."""

    email: str = Field("", max_length=400)
    emails: list[str] = Field(default_factory=list, max_length=1000)
    role: Role
    message: str = Field("", max_length=20_000)
    language: str = Field("", max_length=20)


class OutcomeAnswer(Schema):
    """What became of one address, and the invitation that there is for it now."""

    email: str
    outcome: Outcome
    invitation: InvitationAnswer | None


class OutcomesAnswer(Schema):
    """What became of each address, in the order given."""

    results: list[OutcomeAnswer]


router = ApiRouter(tags=["Members"])


@router.get(
    "", response=InvitationsAnswer, operation_id="list_invitations", summary="List invitations"
)
@requires(Permission.MEMBERS_READ)
def list_invitations(request: TokenRequest, asked: Query[InvitationsAsked]) -> InvitationsAnswer:
    """Who was invited to this workspace, newest first."""
    at = now()
    filters = InvitationFilters(words=asked.q, role=asked.role or "", state=asked.state or "")
    found = invitations_of(request.workspace, filters, at=at).order_by("-id")
    if asked.cursor:
        found = found.filter(id__lt=asked.cursor)
    rows = list(found[: asked.limit + 1])
    page = rows[: asked.limit]
    return InvitationsAnswer(
        items=[_invitation(one, at=at) for one in page],
        next=page[-1].id if len(rows) > asked.limit else None,
    )


@router.get(
    "/{invitation_id}",
    response=InvitationAnswer,
    operation_id="get_invitation",
    summary="Read an invitation",
)
@requires(Permission.MEMBERS_READ)
def get_invitation(request: TokenRequest, invitation_id: UUID) -> InvitationAnswer:
    """One invitation of this workspace."""
    at = now()
    return _invitation(invitation_of(request.workspace, invitation_id, at=at), at=at)


@router.post("", response={201: OutcomesAnswer}, operation_id="invite", summary="Invite people")
@requires(Permission.MEMBERS_CHANGE)
@idempotent
def invite(request: TokenRequest, given: InvitationsGiven) -> Status[OutcomesAnswer]:
    """Invite one address or several.

    Of several, each is answered for. A single `email` that is invited already or a member
    already is a 409, and one that is no address a 422.
    """
    if bool(given.email) == bool(given.emails):
        raise OneOrSeveral
    at = now()
    answers = services.invite(
        request.workspace,
        given.emails or [given.email],
        role=given.role,
        message=given.message,
        language=given.language,
        by=actor_of(request),
        at=at,
    )
    if given.email:
        _refuse_single(answers[0], request.workspace.name)
    results = [
        OutcomeAnswer(
            email=answer.email,
            outcome=answer.outcome,
            invitation=_invitation(answer.invitation, at=at) if answer.invitation else None,
        )
        for answer in answers
    ]
    return Status(201, OutcomesAnswer(results=results))


@router.post(
    "/{invitation_id}/resend",
    response=InvitationAnswer,
    operation_id="resend_invitation",
    summary="Send an invitation again",
)
@requires(Permission.MEMBERS_CHANGE)
def resend_invitation(request: TokenRequest, invitation_id: UUID) -> InvitationAnswer:
    """Mail a new link, good for three days; links of before no longer work."""
    at = now()
    sent = services.resend(request.workspace, invitation_id, by=actor_of(request), at=at)
    return _invitation(sent, at=at)


@router.delete(
    "/{invitation_id}",
    response={204: None},
    operation_id="withdraw_invitation",
    summary="Withdraw an invitation",
)
@requires(Permission.MEMBERS_CHANGE)
def withdraw_invitation(request: TokenRequest, invitation_id: UUID) -> HttpResponse:
    """End an invitation; its link stops working at once."""
    services.withdraw(request.workspace, invitation_id, by=actor_of(request), at=now())
    return HttpResponse(status=204)


def _refuse_single(answer: Answer, workspace: str) -> None:
    if answer.outcome is Outcome.INVALID:
        raise NotAnAddress(email=answer.email[:100])
    if answer.outcome is Outcome.ALREADY_MEMBER:
        raise AlreadyMember(email=answer.email, workspace=workspace)
    if answer.outcome is Outcome.ALREADY_INVITED:
        raise InvitedAlready(email=answer.email)


def _invitation(invitation: Invitation, *, at: datetime) -> InvitationAnswer:
    inviter = invitation.invited_by
    return InvitationAnswer(
        id=invitation.id,
        email=invitation.email,
        role=Role(invitation.role),
        message=invitation.message,
        state=invitation.state(at=at),
        invited_by=(inviter.email or inviter.name) if inviter else "",
        created_at=invitation.created_at,
        sent_at=invitation.sent_at,
        expires_at=invitation.expires_at,
        accepted_at=invitation.accepted_at,
        withdrawn_at=invitation.withdrawn_at,
    )
