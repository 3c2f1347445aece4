from __future__ import annotations

from typing import ClassVar

from django.db import models
from ulid import ULID

from portico.audit.models import AuditPerson
from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.miniprograms.models.programs import MiniProgram
from portico.workspaces.models import Workspace


class Version(models.Model):
    """An uploaded build of a mini program. It never changes, and is deleted with its workspace
    alone: the database refuses all else.

    `package` is the hash of the stored ZIP, which the workspace's files hold; empty for a hosted
    program, whose `entry_url` says where it is. `packed` and `unpacked` are bytes, `entries` the
    number of files in it. `manifest` is what its manifest.json says.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    program = models.ForeignKey(
        MiniProgram, on_delete=models.CASCADE, related_name="versions", db_index=False
    )
    code = models.PositiveBigIntegerField()
    name = models.CharField(max_length=60)
    manifest = models.JSONField()
    package = models.CharField(max_length=64, blank=True)
    entry_url = models.CharField(max_length=2048, blank=True)
    packed = models.PositiveIntegerField(default=0)
    unpacked = models.PositiveIntegerField(default=0)
    entries = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=now)
    created_by = models.ForeignKey(
        AuditPerson, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "code"], name="a_version_code_is_used_once"),
            models.CheckConstraint(
                condition=models.Q(entry_url="", package__regex=r"^[0-9a-f]{64}$")
                | models.Q(package="") & ~models.Q(entry_url=""),
                name="a_version_is_a_package_or_an_address",
            ),
        ]
        indexes: ClassVar = [
            # Names are looked for by how they begin.
            models.Index(
                fields=["program", "name"],
                opclasses=["uuid_ops", "varchar_pattern_ops"],
                name="versions_by_name",
            ),
            # The same, and codes, whichever program they are of.
            models.Index(
                fields=["workspace", "name"],
                opclasses=["uuid_ops", "varchar_pattern_ops"],
                name="versions_by_name_anywhere",
            ),
            models.Index(fields=["workspace", "code"], name="versions_by_code_anywhere"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    @property
    def label(self) -> str:
        """The host label of the origin that this version alone has, below the content domain."""
        return str(ULID.from_uuid(self.id)).lower()
