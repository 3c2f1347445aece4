from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from portico.audit.models import AuditPerson
from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.workspaces.models import Membership, Workspace


class Kind(models.TextChoices):
    """What a version of a mini program is: an uploaded package, or the address of a website."""

    PACKAGE = "package", _("Package")
    HOSTED = "hosted", _("Hosted")


class ProgramRole(models.TextChoices):
    """What somebody is in a mini program, beside their role in the workspace."""

    ADMIN = "admin", _("Admin")
    DEVELOPER = "developer", _("Developer")


class MiniProgram(models.Model):
    """A program that runs inside super apps.

    `app_id` is its name for machines, in reverse-DNS form. `icon` is the hash of a stored file;
    empty: initials. `highest_code` is the highest `version.code` that was ever uploaded, written
    with the version under a lock of this row. `live_on` are the targets on which a version is
    live; `put_live` writes it. `category` is one of `portico.miniprograms.rules.categories`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    app_id = models.CharField(max_length=128)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PACKAGE)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=500, blank=True)
    category = models.CharField(max_length=40, blank=True)
    icon = models.CharField(max_length=64, blank=True)
    highest_code = models.PositiveBigIntegerField(default=0)
    live_on = ArrayField(models.UUIDField(), default=list)
    archived_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=now)
    changed_at = models.DateTimeField(default=now)
    created_by = models.ForeignKey(
        AuditPerson, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "app_id"], name="a_workspace_uses_an_app_id_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=Kind.values), name="a_kind_is_package_or_hosted"
            ),
        ]
        # One for each order of the list. What it is searched and narrowed by has another, which
        # `migrations/0002_found_by_words_and_facets.py` makes.
        indexes: ClassVar = [
            models.Index("workspace", Lower("name"), "id", name="programs_by_name"),
            models.Index(fields=["workspace", "id"], name="programs_by_age"),
            models.Index(fields=["workspace", "changed_at", "id"], name="programs_by_change"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_archived(self) -> bool:
        """Whether it is kept for the record alone: nothing of it is set up, uploaded, released."""
        return self.archived_at is not None


class ProgramMember(models.Model):
    """That a member of the workspace works on a mini program, and as what."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey(MiniProgram, on_delete=models.CASCADE, related_name="members")
    membership = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="programs", db_index=False
    )
    role = models.CharField(max_length=10, choices=ProgramRole.choices)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["membership", "program"], name="a_member_works_on_a_program_once"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=ProgramRole.values),
                name="a_program_role_is_admin_or_developer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} in {self.program_id}"
