from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portico.audit.models import AuditPerson
from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.workspaces.models import Workspace


class Environment(models.TextChoices):
    """Where a release can go. What happens in the Sandbox never reaches Production."""

    PRODUCTION = "production", _("Production")
    SANDBOX = "sandbox", _("Sandbox")


class App(models.Model):
    """A super app's build that loads mini programs. At most one of a workspace is its web pages.

    `code` is how the app names itself. `icon` is the hash of a stored file; empty: its initials.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=100)
    icon = models.CharField(max_length=64, blank=True)
    is_web = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=now)
    created_by = models.ForeignKey(
        AuditPerson, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "code"], name="a_workspace_uses_an_app_code_once"
            ),
            models.UniqueConstraint(
                fields=["workspace"],
                condition=Q(is_web=True),
                name="a_workspace_has_one_web_app",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ReleaseTarget(models.Model):
    """An app in one environment: what keys, testers, plans and events belong to."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="targets", db_index=False)
    environment = models.CharField(max_length=10, choices=Environment.choices)
    created_at = models.DateTimeField(default=now)

    class Meta:
        ordering: ClassVar = ["environment"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["app", "environment"], name="an_app_has_a_target_once_for_an_environment"
            ),
            models.CheckConstraint(
                condition=Q(environment__in=Environment.values),
                name="an_environment_is_one_of_the_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.app.name}, {self.get_environment_display()}"

    @property
    def is_production(self) -> bool:
        """Whether real users are behind it."""
        return self.environment == Environment.PRODUCTION


class TargetKey(models.Model):
    """What a super app's build proves with which target it belongs to. The key is not stored."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    target = models.ForeignKey(ReleaseTarget, on_delete=models.CASCADE, related_name="keys")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=16)
    created_at = models.DateTimeField(default=now)
    created_by = models.ForeignKey(
        AuditPerson, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    # Set when it is rotated: until then old and new key both work.
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.name

    def works(self, *, at: datetime) -> bool:
        """Whether it opens its target."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > at)
