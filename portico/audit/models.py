from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.utils.translation import gettext as _

from portico.kernel.clock import now
from portico.kernel.ids import new_id


class AuditPerson(models.Model):
    """Who is behind an id in the audit log. Erasing a person empties this row and no other."""

    id = models.UUIDField(primary_key=True, editable=False)
    email = models.EmailField(max_length=254, blank=True)
    name = models.CharField(max_length=200, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name or self.email or _("erased person")


class AuditEntry(models.Model):
    """One thing that happened. The database refuses to update, delete or truncate these rows.

    Labels are copied, so that an entry reads well after its subject is gone; people are named
    by an id that resolves through `AuditPerson`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace_id = models.UUIDField(null=True)
    at = models.DateTimeField(default=now)
    actor = models.ForeignKey(
        AuditPerson,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="entries",
    )
    via = models.CharField(max_length=20)
    action = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=80, blank=True)
    subject_label = models.CharField(max_length=300, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    changes = models.JSONField(default=list)
    ip = models.GenericIPAddressField(null=True)
    words = models.GeneratedField(
        expression=SearchVector("action", "subject_label", "reason", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["workspace_id", "-id"], name="audit_by_workspace"),
            models.Index(fields=["workspace_id", "action", "-id"], name="audit_by_action"),
            models.Index(fields=["workspace_id", "actor", "-id"], name="audit_by_actor"),
            models.Index(
                fields=["workspace_id", "subject_id", "-id"],
                condition=models.Q(subject_label=""),
                name="audit_by_nameless_subject",
            ),
            GinIndex(fields=["words"], name="audit_by_words"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_label}"
