from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.workspaces.models import Workspace


class StoredFile(models.Model):
    """A file of a workspace, named by the SHA-256 of its bytes. It never changes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="files")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200, blank=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    purposes = ArrayField(models.CharField(max_length=20), default=list)
    is_public = models.BooleanField(default=False)
    kept_until = models.DateTimeField()
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "sha256"], name="a_workspace_stores_a_file_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["kept_until"], name="file_by_kept_until")]

    def __str__(self) -> str:
        return self.name or self.sha256

    @property
    def path(self) -> str:
        """Where the bytes are, in the storage."""
        return path_of(self.workspace_id, self.sha256)


class FileUse(models.Model):
    """That something needs a file. A file in use cannot be deleted: the database refuses."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    file = models.ForeignKey(StoredFile, on_delete=models.RESTRICT, related_name="uses")
    user_kind = models.CharField(max_length=20)
    user_id = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["file", "user_kind", "user_id"], name="a_use_is_written_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["user_kind", "user_id"], name="use_by_user")]

    def __str__(self) -> str:
        return f"{self.user_kind} {self.user_id} uses {self.file_id}"


def path_of(workspace_id: object, sha256: str) -> str:
    """The storage path of a workspace's file."""
    return f"{workspace_id}/{sha256[:2]}/{sha256}"
