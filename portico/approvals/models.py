from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portico.audit.models import AuditPerson
from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.miniprograms.models import MiniProgram, Version
from portico.targets.models import ReleaseTarget
from portico.workspaces.models import Workspace


class RequestKind(models.TextChoices):
    """What is asked for: to release a version, to take the live one offline, or (done already,
    for the record) that a live one was removed by force."""

    RELEASE = "release", _("Release")
    OFFLINE = "offline", _("Take offline")
    REMOVAL = "removal", _("Forced removal")


class RequestStatus(models.TextChoices):
    """How a request stands."""

    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ReviewVerdict(models.TextChoices):
    """What a reviewer decided."""

    APPROVE = "approve", _("Approved")
    REJECT = "reject", _("Rejected")


class ApprovalRequest(models.Model):
    """That somebody wants something to happen which others have to approve.

    `release` is the id of the release that it is about (releases stand above this feature).
    `policy` is a copy of what had to be gone through when the request was made, `policy_revision`
    the revision of the Release Process that it is of (0: the default); neither changes.
    `configuration` is what the release takes along: server domains, variables, targeting rules.
    `baseline` is what was live on the target when it was asked or, later, decided.
    `closed_by` ended it at `decided_at`, by the last decision or by withdrawing it; None: the
    platform did. `voided_at`: what was approved was edited afterwards, so that the approval counts
    no more.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=10, choices=RequestKind.choices)
    status = models.CharField(
        max_length=10, choices=RequestStatus.choices, default=RequestStatus.IN_REVIEW
    )
    program = models.ForeignKey(
        MiniProgram, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    target = models.ForeignKey(ReleaseTarget, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(Version, on_delete=models.RESTRICT, related_name="+")
    baseline = models.ForeignKey(Version, null=True, on_delete=models.RESTRICT, related_name="+")
    release = models.UUIDField()
    policy = models.JSONField()
    policy_revision = models.PositiveIntegerField()
    configuration = models.JSONField(default=dict)
    message = models.CharField(max_length=2000, blank=True)
    requested_by = models.ForeignKey(
        AuditPerson, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    requested_at = models.DateTimeField(default=now)
    decided_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        AuditPerson, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    close_reason = models.CharField(max_length=2000, blank=True)
    voided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program", "target", "kind"],
                condition=Q(status="in_review"),
                name="a_program_has_one_request_of_a_kind_in_review_on_a_target",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=RequestKind.values, status__in=RequestStatus.values),
                name="a_request_is_of_a_known_kind_and_status",
            ),
            models.CheckConstraint(
                condition=Q(status="in_review", decided_at=None)
                | ~Q(status="in_review") & Q(decided_at__isnull=False),
                name="a_request_is_decided_at_some_time_or_in_review",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "status", "-id"], name="request_by_status"),
            models.Index(fields=["workspace", "-id"], name="request_by_age"),
            models.Index(fields=["workspace", "kind", "-id"], name="request_by_kind"),
            models.Index(fields=["workspace", "requested_by", "-id"], name="request_by_requester"),
            models.Index(fields=["program", "-id"], name="request_by_program"),
            models.Index(fields=["release", "-id"], name="request_by_release"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.version_id} on {self.target_id}"


class Decision(models.Model):
    """What one reviewer, or the automated review (`reviewer` None), decided. It never changes.

    `findings` are the automated findings that the reason is about, copied; `screenshots` are
    hashes of stored files.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request = models.ForeignKey(ApprovalRequest, on_delete=models.CASCADE, related_name="decisions")
    verdict = models.CharField(max_length=10, choices=ReviewVerdict.choices)
    reviewer = models.ForeignKey(
        AuditPerson, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    reason = models.CharField(max_length=2000, blank=True)
    findings = models.JSONField(default=list)
    screenshots = ArrayField(models.CharField(max_length=64), default=list)
    decided_at = models.DateTimeField(default=now)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["request", "reviewer"],
                nulls_distinct=False,
                name="a_reviewer_decides_on_a_request_once",
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=ReviewVerdict.values), name="a_verdict_is_one_of_the_two"
            ),
            models.CheckConstraint(
                condition=~Q(verdict="reject", reason=""), name="a_rejection_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} of {self.request_id}"
