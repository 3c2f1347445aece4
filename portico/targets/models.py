from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from portico.audit.models import AuditPerson
from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.workspaces.models import Workspace


class Environment(models.TextChoices):
    """Where a release can go. What happens in the Sandbox never reaches Production."""

    PRODUCTION = "production", _("Production")
    SANDBOX = "sandbox", _("Sandbox")


class AppState(models.TextChoices):
    """How an app stands. Nothing is released to an archived one, and none of its keys works."""

    ACTIVE = "active", _("Active")
    ARCHIVED = "archived", _("Archived")


class KeyState(models.TextChoices):
    """How a key stands. Ending: it works beside the one that took its place, for a while yet."""

    WORKING = "working", _("Working")
    ENDING = "ending", _("Ending")
    ENDED = "ended", _("Ended")
    REVOKED = "revoked", _("Revoked")


class App(models.Model):
    """A super app's build that loads mini programs. At most one of a workspace is its web pages.

    `code` is how the app names itself. `icon` is the hash of a stored file; empty: its initials.
    An archived app keeps its code and its targets.
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
            models.CheckConstraint(
                condition=Q(is_web=False) | Q(archived_at=None),
                name="an_archived_app_is_not_the_web_app",
            ),
        ]
        indexes: ClassVar = [
            models.Index("workspace", Lower("name"), "id", name="app_by_name"),
            models.Index(fields=["workspace", "id"], name="app_by_age"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> AppState:
        """Whether it is in use."""
        return AppState.ARCHIVED if self.archived_at else AppState.ACTIVE


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
    """What a super app's build proves with which target it belongs to. The key is not stored.

    `expires_at`: set when it was rotated; until then it works beside the key that took its place.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    target = models.ForeignKey(
        ReleaseTarget, on_delete=models.CASCADE, related_name="keys", db_index=False
    )
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=16)
    created_at = models.DateTimeField(default=now)
    created_by = models.ForeignKey(
        AuditPerson, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            # So that a form that was sent twice makes one key.
            models.UniqueConstraint(
                "target",
                Lower("name"),
                condition=Q(revoked_at=None, expires_at=None),
                name="a_target_has_one_key_of_a_name_that_does_not_end",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["target", "-id"], name="key_by_target")]

    def __str__(self) -> str:
        return self.name

    def works(self, *, at: datetime) -> bool:
        """Whether it opens its target."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > at)

    def state(self, *, at: datetime) -> KeyState:
        """How it stands, whatever becomes of its app."""
        if self.revoked_at:
            return KeyState.REVOKED
        if self.expires_at is None:
            return KeyState.WORKING
        return KeyState.ENDING if self.expires_at > at else KeyState.ENDED
