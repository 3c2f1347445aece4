from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from portico.kernel.ids import new_id
from portico.workspaces.models import Membership


class ReviewerDigest(models.Model):
    """When a reviewer was last told of requests that wait, and which they know of from then."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    membership = models.OneToOneField(Membership, on_delete=models.CASCADE, related_name="+")
    sent_at = models.DateTimeField()
    told = ArrayField(models.UUIDField(), default=list)

    def __str__(self) -> str:
        return str(self.membership_id)
