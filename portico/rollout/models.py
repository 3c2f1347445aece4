from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.miniprograms.models import MiniProgram, Version
from portico.targets.models import ReleaseTarget
from portico.workspaces.models import Workspace


class Plan(models.Model):
    """Which version of a mini program each user of a target gets: what delivery answers from.

    `stable` is what everybody gets, `candidate` what is on its way. The candidate goes to the users
    in `pilot`, and to those whose bucket is below `threshold` (thousandths of a percent of all) and
    who match `rules`. Each is named with the release that it came by; the candidate's release is
    the salt of its buckets; what that takes along (server domains and variables) are the two
    configurations. `withdrawn` are the codes of versions that clients must drop.
    `revision` rises with each change. `removed`: the program was taken from the target.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    program = models.ForeignKey(
        MiniProgram, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    target = models.ForeignKey(ReleaseTarget, on_delete=models.CASCADE, related_name="+")
    revision = models.PositiveBigIntegerField(default=0)
    removed = models.BooleanField(default=False)
    stable = models.ForeignKey(Version, null=True, on_delete=models.RESTRICT, related_name="+")
    stable_release = models.UUIDField(null=True)
    stable_configuration = models.JSONField(default=dict)
    candidate = models.ForeignKey(Version, null=True, on_delete=models.RESTRICT, related_name="+")
    candidate_release = models.UUIDField(null=True)
    candidate_configuration = models.JSONField(default=dict)
    pilot = ArrayField(models.CharField(max_length=128), default=list)
    threshold = models.PositiveIntegerField(default=0)
    salt = models.CharField(max_length=26, blank=True)
    rules = models.JSONField(default=dict)
    withdrawn = ArrayField(models.PositiveBigIntegerField(), default=list)
    changed_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program", "target"], name="a_program_has_one_plan_on_a_target"
            ),
            models.CheckConstraint(
                condition=Q(threshold__lte=100_000), name="a_threshold_is_at_most_everybody"
            ),
            models.CheckConstraint(
                condition=Q(candidate__isnull=False, candidate_release__isnull=False)
                | Q(candidate=None, candidate_release=None, threshold=0, salt="", pilot=[]),
                name="without_a_candidate_nobody_is_enrolled",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program_id} on {self.target_id}"
