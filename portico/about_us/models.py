from __future__ import annotations

from typing import ClassVar

from django.db import models

from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.workspaces.models import Workspace


class LinkCheck(models.Model):
    """Whether a workspace's About Us link leads anywhere, as it was found last.

    `url` is the address as it was saved; `results` are those of its languages
    (`link_check.Result`), empty until it was checked. While `due_at` has passed, a check is under
    way. `misses`: how often in a row it led nowhere, or could not be called.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, related_name="+")
    url = models.TextField()
    results = models.JSONField(default=list)
    misses = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(default=now)
    asked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["due_at"], name="link_check_by_due_at")]

    def __str__(self) -> str:
        return self.url
