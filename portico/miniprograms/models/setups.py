from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.miniprograms.models.programs import MiniProgram
from portico.miniprograms.models.versions import Version
from portico.targets.models import ReleaseTarget


class ProgramOnTarget(models.Model):
    """How a mini program is set up on one target, and what is live there.

    Made when something is first set up; none: nothing is, and nothing is live. `variables` are
    names and values that a release takes along, at most 5. `revision` counts the changes of both;
    0: nothing was set up. `live_version` is what everybody gets there (the full release); releases
    write it through `put_live`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey(
        MiniProgram, on_delete=models.CASCADE, related_name="setups", db_index=False
    )
    target = models.ForeignKey(ReleaseTarget, on_delete=models.CASCADE, related_name="+")
    server_domains = ArrayField(models.CharField(max_length=261), default=list)
    variables = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    live_version = models.ForeignKey(
        Version, null=True, blank=True, on_delete=models.RESTRICT, related_name="+"
    )
    live_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program", "target"], name="a_program_is_set_up_once_on_a_target"
            ),
            models.CheckConstraint(
                condition=models.Q(live_version=None, live_since=None)
                | models.Q(live_version__isnull=False, live_since__isnull=False),
                name="what_is_live_is_live_since_some_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program_id} on {self.target_id}"


class Tester(models.Model):
    """A user of the super app who tries a mini program on one target."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey(
        MiniProgram, on_delete=models.CASCADE, related_name="testers", db_index=False
    )
    target = models.ForeignKey(ReleaseTarget, on_delete=models.CASCADE, related_name="+")
    user_id = models.CharField(max_length=128)
    note = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        ordering: ClassVar = ["user_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program", "target", "user_id"],
                name="a_user_tests_a_program_once_on_a_target",
            )
        ]

    def __str__(self) -> str:
        return self.user_id
