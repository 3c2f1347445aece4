from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portico.audit.models import AuditPerson
from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.workspaces.models import Workspace


class RunState(models.TextChoices):
    """Where a test of a mail server stands."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    ACCEPTED = "accepted", _("Accepted")
    FAILED = "failed", _("Failed")
    CANCELED = "canceled", _("Canceled")


GOING_ON = (RunState.WAITING, RunState.RUNNING)


class TestRun(models.Model):
    """One test mail through one server, stage by stage.

    `server` is as whom and where one signs in, without the password: that is the secret `secret`,
    which is forgotten when the run ends. `values` are those of the section that a mail shows.
    `stages` are those that ended (see `doctor/kept.py`), `stage` is the one under way. `trouble`
    says what ended the run where no stage did. `mail` is the id of its entry in the mail log.
    """

    __test__ = False  # for pytest, which takes it for a class of tests

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    by = models.ForeignKey(
        AuditPerson,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    to = models.CharField(max_length=320)
    language = models.CharField(max_length=20)
    saved = models.BooleanField()
    server = models.JSONField()
    secret = models.UUIDField(null=True, blank=True)
    values = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.WAITING)
    stage = models.CharField(max_length=20, blank=True)
    stages = models.JSONField(default=list)
    trouble = models.CharField(max_length=20, blank=True)
    transcript = models.TextField(blank=True)
    mail = models.UUIDField(default=new_id)
    in_use = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["workspace", "-created_at"], name="tests_of_a_workspace"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace"],
                condition=models.Q(state__in=GOING_ON),
                name="a_workspace_runs_one_test_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=GOING_ON, finished_at=None)
                | ~models.Q(state__in=GOING_ON) & models.Q(finished_at__isnull=False),
                name="a_test_is_finished_or_goes_on",
            ),
        ]

    def __str__(self) -> str:
        return f"test {self.id} ({self.state})"

    @property
    def goes_on(self) -> bool:
        """Whether it waits or runs."""
        return self.state in GOING_ON
