from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from portico.accounts.second_factor.services import shown_after
from portico.audit.models import AuditPerson
from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.two_factor.rules import MOST_GRACE, USUAL_GRACE, Policy, Required
from portico.workspaces.models import Membership, Workspace

REQUIRED_CHOICES = [(one.value, one.value) for one in Required]


class TwoFactorPolicy(models.Model):
    """Of whom a workspace requires a second factor. No row, or revision 0: of nobody, yet."""

    workspace = models.OneToOneField(
        Workspace, on_delete=models.CASCADE, primary_key=True, related_name="two_factor_policy"
    )
    required = models.CharField(max_length=10, choices=REQUIRED_CHOICES, default=Required.OFF)
    grace_days = models.PositiveSmallIntegerField(default=USUAL_GRACE)
    admins_since = models.DateTimeField(null=True, blank=True)
    others_since = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(null=True, blank=True)
    # The audit log's name for a person, so that erasing them empties this, too.
    changed_by = models.ForeignKey(
        AuditPerson,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(required__in=list(Required)),
                name="two_factor_is_required_of_nobody_admins_or_all",
            ),
            models.CheckConstraint(
                condition=Q(grace_days__lte=MOST_GRACE), name="a_grace_period_is_at_most_30_days"
            ),
            models.CheckConstraint(
                condition=Q(required=Required.OFF, admins_since=None, others_since=None)
                | Q(required=Required.ADMINS, admins_since__isnull=False, others_since=None)
                | Q(required=Required.ALL, admins_since__isnull=False, others_since__isnull=False),
                name="a_two_factor_policy_says_since_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.required} in {self.workspace_id}"

    @property
    def policy(self) -> Policy:
        """The row as the rules know it."""
        return Policy(
            required=Required(self.required),
            grace_days=self.grace_days,
            admins_since=self.admins_since,
            others_since=self.others_since,
        )


class ResetQuerySet(models.QuerySet["TwoFactorReset"]):
    """Resets, asked for by membership first."""

    def open(self, *, at: datetime) -> Self:
        """Those by which somebody may sign in with a code from their mailbox now.

        Who has used or made a second factor since holds one: nothing has to stand in for it.
        """
        still = self.filter(ended_at=None, removed_at=None, until__gt=at)
        return still.exclude(shown_after("membership__person_id", "at"))


class TwoFactorReset(models.Model):
    """That an admin of one workspace does not hold a member to their second factor any more.

    Open: at this workspace's host the member may sign in with a code that is mailed to them, until
    `until`. `removed_at`: all workspaces of the account agreed, and its second factors are gone.
    `ended_at`: a later reset took its place.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    membership = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="two_factor_resets"
    )
    at = models.DateTimeField(default=now)
    until = models.DateTimeField()
    by = models.ForeignKey(
        AuditPerson,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = ResetQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["membership"],
                condition=Q(ended_at=None, removed_at=None),
                name="a_member_has_one_open_reset",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(removed_at=None),
                name="a_reset_is_not_both_ended_and_carried_out",
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("at")), name="a_reset_lasts_for_a_while"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} until {self.until}"


class MailedCode(models.Model):
    """A code by which a member signs in while a reset is open: once, within a quarter of an hour.

    The code itself is made while its mail is written and kept nowhere; `digest` is keyed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reset = models.ForeignKey(TwoFactorReset, on_delete=models.CASCADE, related_name="codes")
    digest = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["reset", "-asked_at"], name="mailed_code_by_reset"),
        ]

    def __str__(self) -> str:
        return f"for {self.reset_id}"
