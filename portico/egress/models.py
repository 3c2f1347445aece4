from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from portico.workspaces.models import Workspace


class OutboundChoice(models.Model):
    """From which public addresses a workspace's calls leave, from `valid_from` on.

    None: from any address of the installation. In force is the newest one that is valid by then;
    one that is still to come is announced. `withdrawn_at`: another choice took its place before
    it came into force.
    """

    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    number = models.PositiveIntegerField()
    addresses = ArrayField(models.CharField(max_length=45), default=list)
    made_at = models.DateTimeField()
    valid_from = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "number"], name="outbound_choices_are_numbered_once"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from__gte=models.F("made_at")),
                name="an_outbound_choice_is_not_valid_before_it_is_made",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None)
                | models.Q(withdrawn_at__lt=models.F("valid_from")),
                name="only_what_is_to_come_is_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"choice {self.number}: {', '.join(self.addresses) or '–'}"


class OutboundVerification(models.Model):
    """Calls to the echo address, one from each chosen address, and what was seen.

    `results` are `outbound.results.Result`s. One without `finished_at` is under way, or its
    process died.
    """

    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    echo_url = models.CharField(max_length=2048)
    results = models.JSONField(default=list)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["workspace", "-started_at"], name="newest_outbound_verification")
        ]

    def __str__(self) -> str:
        return f"verification of {self.started_at}"
