from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.workspaces.models import Membership


class MailChoices(models.Model):
    """Which topics a member wants no mail about, by name. No row: all are wanted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    membership = models.OneToOneField(
        Membership, on_delete=models.CASCADE, related_name="mail_choices"
    )
    unwanted = ArrayField(models.CharField(max_length=40), default=list)
    changed_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return str(self.membership_id)
