from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from portico.accounts.models import Person
from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.kernel.permissions import Permission
from portico.workspaces.permissions import PERMISSIONS, Role


class Workspace(models.Model):
    """A tenant: one super app, with its brand, people and settings."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.CharField(max_length=63, unique=True)
    name = models.CharField(max_length=100)
    default_language = models.CharField(max_length=20, default="en")
    time_zone = models.CharField(max_length=64, default="UTC")
    # Both written by `domains`. At `served_host`, a proven domain, the workspace is shown beside
    # its slug host; `canonical_host`, the same name or nothing, is what links and mails use: it
    # is set once the domain was seen to lead here.
    served_host = models.CharField(max_length=253, null=True, blank=True, unique=True)
    canonical_host = models.CharField(max_length=253, null=True, blank=True, unique=True)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(slug__regex=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"),
                name="a_slug_is_a_host_label",
            ),
            models.CheckConstraint(
                condition=models.Q(served_host=None)
                | models.Q(served_host__regex=r"^([a-z0-9-]{1,63}\.)+[a-z0-9-]{1,63}$"),
                name="a_served_host_is_a_domain_in_lower_case",
            ),
            models.CheckConstraint(
                condition=models.Q(canonical_host=None)
                | models.Q(served_host__isnull=False, canonical_host=models.F("served_host")),
                name="a_canonical_host_is_a_served_one",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships, asked for by workspace first."""

    def active(self) -> Self:
        """Those that are not blocked."""
        return self.filter(blocked_at=None, person__is_active=True)

    def admins_of(self, workspace: Workspace) -> Self:
        """The active admins of a workspace, always in the same order."""
        return self.active().filter(workspace=workspace, role=Role.ADMIN).order_by("id")


class Membership(models.Model):
    """That a person belongs to a workspace, and as what."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    # Some rules count from when somebody became what they are.
    role_since = models.DateTimeField(default=now)
    blocked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "person"], name="a_person_is_a_member_once"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="a_role_is_one_of_the_five"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.workspace}"

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """What this member may do."""
        return frozenset() if self.blocked_at else PERMISSIONS[Role(self.role)]

    def may(self, permission: Permission) -> bool:
        """Whether this member may do that."""
        return permission in self.permissions


class ApiToken(models.Model):
    """A member's key to the API of one workspace. The secret itself is not stored."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    permissions = ArrayField(models.CharField(max_length=40))
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    def state(self, *, at: datetime) -> str:
        """`active`, `expired` or `revoked`."""
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at <= at else "active"

    def effective_permissions(self) -> frozenset[Permission]:
        """What the token may do now: its own scope, within what its holder may do."""
        return frozenset(
            permission
            for permission in self.membership.permissions
            if permission.value in self.permissions
        )


class Handoff(models.Model):
    """A sign-in on its way from one workspace's host to another's: once, within 30 seconds."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    host = models.CharField(max_length=260)
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("handoff")

    def __str__(self) -> str:
        return f"to {self.host}"


class KeptAnswer(models.Model):
    """The first answer to a request of the API that came with an `Idempotency-Key`.

    `sealed` is opened by who has the token and the key (`idempotency`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+", db_index=False)
    key_digest = models.CharField(max_length=64)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    sealed = models.BinaryField(default=bytes)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["token", "key_digest"], name="a_key_of_a_token_is_answered_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="kept_answer_by_age")]

    def __str__(self) -> str:
        return f"answer {self.id}"
