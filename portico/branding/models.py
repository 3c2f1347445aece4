from __future__ import annotations

from typing import ClassVar

from django.db import models

from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.workspaces.models import Workspace


class BrandKit(models.Model):
    """All images made from one state of a brand, and how legible they are. It never changes.

    `digest` names the state; `needed_at` is when somebody last wore it, give or take a day.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    images = models.JSONField()
    verdicts = models.JSONField(default=list)
    made_at = models.DateTimeField(default=now)
    needed_at = models.DateTimeField(default=now, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "digest"], name="a_state_of_a_brand_has_one_kit"
            )
        ]

    def __str__(self) -> str:
        return self.digest[:12]
