from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portico.audit.models import AuditPerson
from portico.domains.rules import Standing, State
from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.workspaces.models import Workspace

STATES = (
    (State.PENDING.value, _("Pending")),
    (State.VERIFIED.value, _("Verified")),
    (State.ACTIVE.value, _("Active")),
    (State.DEGRADED.value, _("Degraded")),
    (State.SUSPENDED.value, _("Suspended")),
    (State.REMOVED.value, _("Removed")),
)


class AlternativeDomain(models.Model):
    """That a workspace wants to be reached at a name, and how far that has come.

    `held` is set by the first proof of ownership and kept through removal (a tombstone): as long
    as it is set, no other workspace gets the name. A name that nobody holds may be claimed by
    several; the one whose record is found in the DNS gets it. `token` is what that record shows.

    `rival` says that the record was found while another workspace held the name. `due_at` is when
    to look again; `queued_at` says that a job for it waits since then. `report` is the newest one
    (`checking.as_json`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    name = models.CharField(max_length=253)
    token = models.CharField(max_length=80)
    tls_elsewhere = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=STATES, default=State.PENDING.value)
    since = models.DateTimeField()
    held = models.BooleanField(default=False)
    misses = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    clear_since = models.DateTimeField(null=True, blank=True)
    rival = models.BooleanField(default=False)
    report = models.JSONField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    queued_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["workspace", "-created_at"], name="domains_of_a_workspace"),
            models.Index(
                fields=["due_at"],
                condition=models.Q(due_at__isnull=False),
                name="domains_that_are_due",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(held=True), name="a_name_is_held_once"
            ),
            models.UniqueConstraint(
                fields=["workspace"],
                condition=~models.Q(state=State.REMOVED.value),
                name="a_workspace_has_one_domain",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in State]),
                name="a_domain_is_in_one_of_the_states",
            ),
            models.CheckConstraint(
                condition=models.Q(held=True)
                | models.Q(state__in=[State.PENDING.value, State.REMOVED.value]),
                name="what_was_proven_is_held",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def standing(self) -> Standing:
        """Where it stands, for the rules."""
        return Standing(
            state=State(self.state),
            since=self.since,
            asked_at=self.asked_at,
            held=self.held,
            misses=self.misses,
            clear_since=self.clear_since,
        )


class StateChange(models.Model):
    """That a domain went from one state into another, for the history.

    `reason` is the check that was the culprit, or what happened (`rules.Outcome`). `why` holds the
    words of the check, to be translated where they are shown; empty where there is no more to say.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    domain = models.ForeignKey(
        AlternativeDomain, on_delete=models.CASCADE, related_name="changes", db_index=False
    )
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10)
    reason = models.CharField(max_length=20)
    why = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["domain", "-at"], name="changes_of_a_domain")]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class RunState(models.TextChoices):
    """Where a check of a domain stands."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELED = "canceled", _("Canceled")


GOING_ON = (RunState.WAITING, RunState.RUNNING)


class CheckRun(models.Model):
    """One check of a domain that somebody asked for, as it happens.

    `under_way` are the checks that go on now, `checks` those that ended (`checking.check_as_json`).
    `after` is the state that it led to. `trouble` says what ended it where no check did.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    domain = models.ForeignKey(AlternativeDomain, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(
        AuditPerson,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.WAITING)
    under_way = models.JSONField(default=list)
    checks = models.JSONField(default=list)
    culprit = models.CharField(max_length=20, blank=True)
    after = models.CharField(max_length=10, choices=STATES, blank=True)
    trouble = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(default=now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["workspace", "-created_at"], name="checks_of_a_workspace"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace"],
                condition=models.Q(state__in=GOING_ON),
                name="a_workspace_checks_its_domain_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=GOING_ON, finished_at=None)
                | ~models.Q(state__in=GOING_ON) & models.Q(finished_at__isnull=False),
                name="a_check_is_finished_or_goes_on",
            ),
        ]

    def __str__(self) -> str:
        return f"check {self.id} ({self.state})"

    @property
    def goes_on(self) -> bool:
        """Whether it waits or runs."""
        return self.state in GOING_ON


class InstructionMail(models.Model):
    """That the instructions for a domain were mailed, so that it is not done without end.

    Of the address only a keyed digest is kept.
    """

    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    recipient = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "-at"], name="sent_instructions")]

    def __str__(self) -> str:
        return f"instructions at {self.at}"
