from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from ulid import ULID

from portico.approvals.models import ApprovalRequest
from portico.audit.models import AuditPerson
from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.miniprograms.models import MiniProgram, Version
from portico.releases.notices.models import ReviewerDigest
from portico.targets.models import ReleaseTarget
from portico.workspaces.models import Workspace

__all__ = [
    "CANDIDATE",
    "ArchivedBecause",
    "Release",
    "ReleaseEvent",
    "ReleaseStatus",
    "ReviewerDigest",
    "TestGroup",
]


class ReleaseStatus(models.TextChoices):
    """The pipeline's statuses (`portico.releases.rules.pipeline.Status`), for people."""

    CREATED = "new_version_created", _("New Version Created")
    UNDER_REVIEW = "under_review", _("Under Review")
    PREPARATION = "release_preparation", _("Release Preparation")
    PILOT = "pilot_testing", _("Pilot Testing")
    GRAYSCALE = "grayscale_release", _("Grayscale Release")
    FULL = "full_release", _("Full Release")
    CANCELED = "canceled", _("Canceled")
    ARCHIVED = "archived", _("Archived")


class ArchivedBecause(models.TextChoices):
    """Why what was live is live no more. Only what was replaced can be rolled back to."""

    REPLACED = "replaced", _("Replaced by a newer release")
    OFFLINE = "offline", _("Taken offline")
    REMOVED = "removed", _("Removed by force")


CANDIDATE = ("release_preparation", "pilot_testing", "grayscale_release")


class Release(models.Model):
    """A version on its way to the users of a target, or there, or no more.

    `policy` is a copy of what it has to go through, taken when it was last applied for (null:
    never was); `policy_revision` the revision of the Release Process that it is of. `request` is
    its newest approval request. `configuration` is what it takes along: server domains and
    variables, copied from the set-up when it was made. `rules` narrow down who can be enrolled
    beside the share. `share` is in thousandths of a percent and only grows. `testers` are super-app
    user ids, frozen when picked; `groups` the names of the groups they were picked from.
    `supersedes` is the release that this one cancels in the moment it reaches its next step.
    `ramp` are the steps it goes through by itself while `ramp_on`, [share, minutes] each;
    `next_step_at`: when the next one is due. `revision` rises with each event.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    program = models.ForeignKey(
        MiniProgram, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    target = models.ForeignKey(
        ReleaseTarget, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    version = models.ForeignKey(
        Version, on_delete=models.RESTRICT, related_name="+", db_index=False
    )
    production = models.BooleanField()
    status = models.CharField(
        max_length=20, choices=ReleaseStatus.choices, default=ReleaseStatus.CREATED
    )
    revision = models.PositiveIntegerField(default=1)
    policy = models.JSONField(null=True)
    policy_revision = models.PositiveIntegerField(null=True)
    request = models.ForeignKey(
        ApprovalRequest, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    configuration = models.JSONField(default=dict)
    rules = models.JSONField(default=dict)
    testers = ArrayField(models.CharField(max_length=128), default=list)
    groups = ArrayField(models.CharField(max_length=100), default=list)
    share = models.PositiveIntegerField(default=0)
    paused_at = models.DateTimeField(null=True)
    ramp = models.JSONField(default=list)
    ramp_on = models.BooleanField(default=False)
    next_step_at = models.DateTimeField(null=True)
    supersedes = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    rolled_back_to = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    pilot_started_at = models.DateTimeField(null=True)
    went_live_at = models.DateTimeField(null=True)
    first_share_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    archived_because = models.CharField(
        max_length=10, choices=ArchivedBecause.choices, blank=True, default=""
    )
    created_by = models.ForeignKey(
        AuditPerson, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    created_at = models.DateTimeField(default=now)
    changed_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "target"],
                condition=Q(rolled_back_to=None),
                name="a_version_is_released_to_a_target_once",
            ),
            models.UniqueConstraint(
                fields=["program", "target"],
                condition=Q(status="under_review"),
                name="one_release_of_a_program_is_under_review_on_a_target",
            ),
            models.UniqueConstraint(
                fields=["program", "target"],
                condition=Q(status__in=CANDIDATE),
                name="one_release_of_a_program_is_on_its_way_on_a_target",
            ),
            models.UniqueConstraint(
                fields=["program", "target"],
                condition=Q(status="full_release"),
                name="one_release_of_a_program_is_full_on_a_target",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ReleaseStatus.values),
                name="a_release_is_in_a_status_of_the_pipeline",
            ),
            models.CheckConstraint(
                condition=Q(share__lte=100_000), name="a_share_is_at_most_everybody"
            ),
            models.CheckConstraint(
                condition=Q(status="grayscale_release") | Q(ramp_on=False, paused_at=None),
                name="only_a_grayscale_release_ramps_or_pauses",
            ),
            models.CheckConstraint(
                condition=Q(ramp_on=True, next_step_at__isnull=False)
                | Q(ramp_on=False, next_step_at=None),
                name="a_ramp_that_is_on_has_a_next_step",
            ),
            models.CheckConstraint(
                condition=Q(status="archived") & ~Q(archived_because="")
                | ~Q(status="archived") & Q(archived_because=""),
                name="what_is_archived_is_so_for_a_reason",
            ),
            # What no setting can switch off: in Production nobody gets what was not reviewed,
            # and nobody but testers gets what is not in grayscale release or was.
            models.CheckConstraint(
                condition=Q(production=False)
                | ~Q(status__in=[*CANDIDATE, "full_release"])
                | Q(approved_at__isnull=False),
                name="production_gets_what_was_reviewed",
            ),
            models.CheckConstraint(
                condition=Q(production=False)
                | ~Q(status__in=["full_release", "archived"])
                | Q(went_live_at__isnull=False),
                name="production_gets_it_by_grayscale_release",
            ),
            models.CheckConstraint(
                condition=Q(production=True) | ~Q(status="grayscale_release"),
                name="the_sandbox_has_no_grayscale_release",
            ),
            models.CheckConstraint(
                condition=Q(share=0) | Q(first_share_at__isnull=False),
                name="a_share_began_at_some_time",
            ),
            models.CheckConstraint(
                condition=~Q(id=F("supersedes")), name="a_release_supersedes_another"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "-id"], name="release_by_age"),
            models.Index(fields=["workspace", "status", "-id"], name="release_by_status"),
            models.Index(fields=["workspace", "production", "-id"], name="release_by_environment"),
            models.Index(fields=["workspace", "changed_at", "id"], name="release_by_change"),
            models.Index(fields=["program", "target", "-id"], name="release_by_program"),
            models.Index(fields=["target", "-id"], name="release_by_target"),
            models.Index(
                fields=["next_step_at"], condition=Q(ramp_on=True), name="release_by_next_step"
            ),
            # What the dashboard asks: what somebody made that is not over, what was canceled.
            models.Index(
                fields=["workspace", "created_by", "-id"],
                condition=Q(status__in=["new_version_created", *CANDIDATE]),
                name="release_by_maker",
            ),
            models.Index(
                fields=["workspace", "-ended_at"],
                condition=Q(status="canceled"),
                name="release_by_cancellation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} to {self.target_id}"

    @property
    def salt(self) -> str:
        """What a user's bucket in this release is drawn with: its id, as a ULID."""
        return str(ULID.from_uuid(self.id))

    @property
    def is_rollback(self) -> bool:
        """Whether it brought back an earlier version."""
        return self.rolled_back_to_id is not None


class ReleaseEvent(models.Model):
    """What happened to a release, numbered as the release's revisions. It never changes.

    `who` is in which capacity it was done; `person` None: the platform did it. `details` are facts
    such as the share before and after.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    release = models.ForeignKey(
        Release, on_delete=models.CASCADE, related_name="events", db_index=False
    )
    number = models.PositiveIntegerField()
    event = models.CharField(max_length=20)
    before = models.CharField(max_length=20, blank=True)
    after = models.CharField(max_length=20)
    who = models.CharField(max_length=20)
    person = models.ForeignKey(
        AuditPerson, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    reason = models.CharField(max_length=2000, blank=True)
    details = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["release", "number"], name="events_of_a_release_are_numbered_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} of {self.release_id}"


class TestGroup(models.Model):
    """A named group of super-app users who test: the workspace's, or one mini program's."""

    __test__ = False  # not a test, whatever pytest takes its name for

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    program = models.ForeignKey(MiniProgram, null=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    note = models.CharField(max_length=300, blank=True)
    user_ids = ArrayField(models.CharField(max_length=128), default=list)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=now)
    changed_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "program", "name"],
                nulls_distinct=False,
                name="a_group_of_testers_has_a_name_of_its_own",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "program", "name"], name="test_group_by_name")
        ]

    def __str__(self) -> str:
        return self.name
