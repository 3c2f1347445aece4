from __future__ import annotations

from typing import ClassVar

from django.db import models

from portico.kernel.clock import now
from portico.kernel.ids import new_id


class Event(models.Model):
    """Something that happened to a workspace, for those parts of the platform that listen."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace_id = models.UUIDField()
    name = models.CharField(max_length=80)
    payload = models.JSONField()
    created_at = models.DateTimeField(default=now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace_id", "id"], name="event_by_workspace")]

    def __str__(self) -> str:
        return f"{self.name} {self.id}"


class Delivery(models.Model):
    """That a listener has dealt with an event: written in the listener's own transaction."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    listener = models.CharField(max_length=80)
    delivered_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["event", "listener"], name="a_listener_hears_an_event_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_id} to {self.listener}"
