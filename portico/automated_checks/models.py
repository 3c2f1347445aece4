from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from ulid import ULID

from portico.audit.models import AuditPerson
from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.miniprograms.models import Version
from portico.webhooks.rules.addresses import MOST_IN_ONE_SPELLING, without_query
from portico.workspaces.models import Workspace

MOST_OF_REVIEWER_NAME = 60


class RunState(models.TextChoices):
    """Where the checks of a version are."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


GOES_ON = (RunState.QUEUED, RunState.RUNNING)


class Level(models.TextChoices):
    """How bad a finding is; the same as `rules.findings.Severity`."""

    ERROR = "error", _("Error")
    WARNING = "warning", _("Warning")
    INFO = "info", _("Note")


class CheckRun(models.Model):
    """The checks of one version, as they stand. Running them again begins a new round of it.

    `round` is the token of whoever works on it: what is found for an older one is dropped. `due_at`
    is when it is to be dealt with next: queued, when it is begun; running, when its worker is taken
    for dead. `lane` is the worker's that has it in hand. `attempts` counts the beginnings of this
    round. `checks` are the names of those that have ended, in their order; `troubles` what went
    wrong, as `{check, text, facts}`. `told_at`: when it was told that all is over, reviewers'
    answers too.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    version = models.OneToOneField(Version, on_delete=models.CASCADE, related_name="check_run")
    round = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    lane = models.PositiveSmallIntegerField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    checks = models.JSONField(default=list)
    troubles = models.JSONField(default=list)
    queued_at = models.DateTimeField(default=now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=RunState.values), name="a_run_is_in_a_known_state"
            ),
            models.CheckConstraint(
                condition=Q(state__in=GOES_ON, due_at__isnull=False, finished_at=None)
                | Q(due_at=None, finished_at__isnull=False) & ~Q(state__in=GOES_ON),
                name="a_run_is_due_until_it_is_finished",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"], condition=Q(due_at__isnull=False), name="runs_that_are_due"
            ),
            models.Index(fields=["workspace"], name="runs_by_workspace"),
            models.Index(
                fields=["workspace", "-finished_at"],
                condition=Q(state="failed"),
                name="runs_that_failed",
            ),
        ]

    def __str__(self) -> str:
        return f"checks of {self.version_id}"

    @property
    def goes_on(self) -> bool:
        """Whether our own checks are still to come or under way."""
        return self.state in GOES_ON


class Reviewer(models.Model):
    """Somebody's server that is asked about each version, and answers when it knows.

    `secret` and `old_secret` are ids of `portico.secrets`: both sign, and are accepted, until
    `old_secret_until`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    name = models.CharField(max_length=MOST_OF_REVIEWER_NAME)
    url = models.CharField(max_length=MOST_IN_ONE_SPELLING)
    secret = models.UUIDField()
    old_secret = models.UUIDField(null=True, blank=True)
    old_secret_until = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=now)
    changed_at = models.DateTimeField(default=now)
    changed_by = models.ForeignKey(
        AuditPerson, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "name"], name="a_workspace_names_a_reviewer_once"
            ),
            models.CheckConstraint(
                condition=Q(old_secret=None, old_secret_until=None)
                | Q(old_secret__isnull=False, old_secret_until__isnull=False),
                name="an_old_secret_of_a_reviewer_has_an_end",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["old_secret_until"],
                condition=Q(old_secret__isnull=False),
                name="reviewers_with_an_old_secret",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def enabled(self) -> bool:
        """Whether it is asked about new versions."""
        return self.disabled_at is None

    @property
    def shown_url(self) -> str:
        """Its address without what stands behind a question mark, which is often a key."""
        return without_query(self.url)


class ReviewState(models.TextChoices):
    """Where a reviewer's answer is."""

    WAITING = "waiting", _("Waiting for the answer")
    ANSWERED = "answered", _("Answered")
    TIMED_OUT = "timed_out", _("No answer in time")
    FAILED = "failed", _("Failed")


class Review(models.Model):
    """One reviewer's answer about one version, in one round of its checks.

    `due_at` is when to deal with it next: call it (again), or, once it has taken the call
    (`taken_at`), end it at its `deadline`. `attempts` counts the calls; `download` is the one whose
    link to the package may still be used, 0: none. `answer_id` is the `webhook-id` of the answer.
    The reviewer may be gone since; its name stays. `trouble`: why there is no answer, or none yet.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    run = models.ForeignKey(
        CheckRun, on_delete=models.CASCADE, related_name="reviews", db_index=False
    )
    reviewer = models.ForeignKey(
        Reviewer, null=True, on_delete=models.SET_NULL, related_name="reviews"
    )
    name = models.CharField(max_length=MOST_OF_REVIEWER_NAME)
    state = models.CharField(
        max_length=10, choices=ReviewState.choices, default=ReviewState.WAITING
    )
    due_at = models.DateTimeField(null=True, blank=True)
    deadline = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    download = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(default=now)
    taken_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    answer_id = models.CharField(max_length=256, blank=True)
    summary = models.CharField(max_length=600, blank=True)
    trouble = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "reviewer"], name="a_reviewer_is_asked_once_a_round"
            ),
            models.CheckConstraint(
                condition=Q(state=ReviewState.WAITING, due_at__isnull=False, finished_at=None)
                | Q(due_at=None, finished_at__isnull=False) & ~Q(state=ReviewState.WAITING),
                name="a_review_is_due_until_it_is_finished",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["reviewer", "due_at"],
                condition=Q(due_at__isnull=False),
                name="reviews_that_are_due",
            ),
            models.Index(fields=["workspace"], name="reviews_by_workspace"),
        ]

    def __str__(self) -> str:
        return f"review by {self.name}"

    @property
    def message_id(self) -> str:
        """The `webhook-id` of the call: the same with every attempt."""
        return f"msg_{ULID.from_uuid(self.id)}"


class Finding(models.Model):
    """Something that was found in a version, in the order of `place`, by `source`: a check of ours,
    a plug-in (`plugin:<name>`), or a reviewer's answer (`review`). Never holds a secret.

    `facts` stand in the sentences of a rule of ours; `message` and `advice` are in English.
    """

    run = models.ForeignKey(
        CheckRun, on_delete=models.CASCADE, related_name="findings", db_index=False
    )
    review = models.ForeignKey(Review, null=True, on_delete=models.CASCADE, related_name="findings")
    source = models.CharField(max_length=80)
    rule = models.CharField(max_length=200)
    severity = models.CharField(max_length=10, choices=Level.choices)
    file = models.CharField(max_length=1000, blank=True)
    line = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=600)
    advice = models.CharField(max_length=600, blank=True)
    facts = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(severity__in=Level.values), name="a_finding_has_a_known_severity"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["run", "severity", "file", "line"], name="findings_by_run")
        ]

    def __str__(self) -> str:
        return f"{self.rule} in {self.file or 'the package'}"


class ReviewCall(models.Model):
    """One call of a reviewer: from where to where, and what came of it. The address is kept without
    its query. `trouble` says what went wrong, as `{code, text, facts}`."""

    review = models.ForeignKey(
        Review, on_delete=models.CASCADE, related_name="calls", db_index=False
    )
    number = models.PositiveIntegerField()
    url = models.CharField(max_length=MOST_IN_ONE_SPELLING)
    started_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=60, blank=True)
    peer = models.CharField(max_length=60, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    milliseconds = models.PositiveIntegerField(null=True, blank=True)
    trouble = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["review", "number"], name="calls_of_a_review_are_numbered_once"
            )
        ]

    def __str__(self) -> str:
        return f"call {self.number}"
