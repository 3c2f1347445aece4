from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from portico.accounts.models import Person
from portico.audit.models import AuditPerson
from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.workspaces.models import Workspace
from portico.workspaces.permissions import Role


class InvitationState(StrEnum):
    """Where an invitation stands."""

    OPEN = "open"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations, asked for by workspace first."""

    def unanswered(self) -> Self:
        """Neither accepted nor withdrawn; they may have expired."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def in_state(self, state: InvitationState, *, at: datetime) -> Self:
        """Those that are in this state now."""
        if state is InvitationState.ACCEPTED:
            return self.exclude(accepted_at=None)
        if state is InvitationState.WITHDRAWN:
            return self.exclude(withdrawn_at=None)
        waiting = self.unanswered()
        if state is InvitationState.OPEN:
            return waiting.filter(expires_at__gt=at)
        return waiting.filter(expires_at__lte=at)


class Invitation(models.Model):
    """That somebody with this address may become a member, by a link that is mailed to it.

    The link is stored nowhere: it is made from the id and the nonce while the mail is written
    (`portico.members.links`). A new nonce ends all links of before.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=20, choices=Role.choices)
    message = models.CharField(max_length=1000, blank=True)
    language = models.CharField(max_length=20, blank=True)
    # The audit log's name for a person, so that erasing the inviter empties this, too.
    invited_by = models.ForeignKey(
        AuditPerson, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    created_at = models.DateTimeField(default=now)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    nonce = models.CharField(max_length=64)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "email"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="an_address_has_one_open_invitation_to_a_workspace",
            ),
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="an_invited_address_is_in_lower_case"
            ),
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="an_invited_role_is_one_of_the_five"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None),
                name="an_invitation_is_not_both_accepted_and_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("sent_at")),
                name="an_invitation_expires_after_it_was_sent",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "-id"], name="invitation_by_workspace"),
            models.Index(fields=["accepted_by", "workspace"], name="invitation_by_acceptance"),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.workspace_id}"

    def state(self, *, at: datetime) -> InvitationState:
        """Where it stands at this time."""
        if self.accepted_at:
            return InvitationState.ACCEPTED
        if self.withdrawn_at:
            return InvitationState.WITHDRAWN
        return InvitationState.EXPIRED if self.expires_at <= at else InvitationState.OPEN


class InvitationDay(models.Model):
    """How many invitations a workspace has mailed on a day (UTC), to keep it within bounds."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    sent = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "day"], name="a_day_of_invitations_is_counted_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sent} on {self.day}"
