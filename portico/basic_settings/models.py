from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portico.audit.models import AuditPerson
from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.workspaces.models import Workspace


class Origin(models.TextChoices):
    """How a revision came about."""

    SAVE = "save", _("Saved")
    DRAFT = "draft", _("Published from a draft")
    RESTORE = "restore", _("Restored")
    RESET = "reset", _("Reset to the default")
    APPLY = "apply", _("Applied from a file")


class SettingsRevision(models.Model):
    """One state of one section, for ever: the database refuses to update or delete it.

    The author is named through the erasable table of the audit log. Files in the payload are
    SHA-256 hashes and secrets are ids; neither is ever inlined.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    section = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    payload = models.JSONField()
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.SAVE)
    restored_from = models.PositiveIntegerField(null=True)
    based_on = models.PositiveIntegerField()
    author = models.ForeignKey(
        AuditPerson, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "section", "number"],
                name="revisions_of_a_section_are_numbered_once",
            ),
            models.CheckConstraint(
                condition=models.Q(number=models.F("based_on") + 1),
                name="a_revision_follows_the_one_it_was_based_on",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section} {self.number}"

    @property
    def key(self) -> str:
        """The number as text, for templates that join it to other text."""
        return str(self.number)


class LiveSetting(models.Model):
    """Which revision of a section is live. No revision: the platform's default is."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="live_settings")
    section = models.CharField(max_length=40)
    revision = models.ForeignKey(
        SettingsRevision, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "section"], name="a_section_has_one_live_revision"
            )
        ]

    def __str__(self) -> str:
        return f"{self.section} of {self.workspace_id}"


class SettingsDraft(models.Model):
    """A section's values that are saved and not yet published: one per section."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    section = models.CharField(max_length=40)
    payload = models.JSONField()
    based_on = models.PositiveIntegerField()
    version = models.PositiveIntegerField(default=1)
    author = models.ForeignKey(
        AuditPerson, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "section"], name="a_section_has_one_draft")
        ]

    def __str__(self) -> str:
        return f"draft of {self.section}"
