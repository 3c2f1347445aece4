from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.utils.translation import gettext_lazy as _

from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.workspaces.models import Workspace


class MailState(models.TextChoices):
    """Where a mail is on its way."""

    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    CAPTURED = "captured", _("Captured")


# What the log is searched by. It has an index, which is used only where the same is asked for.
WORDS = SearchVector("recipient", "subject", config="simple")
UNDER_WAY = (MailState.QUEUED, MailState.SENDING)


class Outcome(models.TextChoices):
    """How an attempt ended. Unknown: the worker died before it could note the answer."""

    ACCEPTED = "accepted", _("Accepted")
    TEMPORARY = "temporary", _("Refused for now")
    PERMANENT = "permanent", _("Refused for good")
    UNKNOWN = "unknown", _("Unknown")


class Mail(models.Model):
    """One service mail to one recipient, and its entry in the mail log.

    Queued mails hold what is needed to write them; what was written (subject, HTML, text) is kept
    once it was, with links that carry a token left out. `message_id` is made with the first
    attempt, and stays the same through all of them.

    `due_at` is when it is to be handed over (next), and empty once it is done with: that is how
    the worker finds its work, however long the log is. `attempts` counts all tries; `refusals`
    those since it was last put into the queue that say something about this mail, and not about
    the server: they decide how long it waits, and when to give up.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    template = models.CharField(max_length=60)
    language = models.CharField(max_length=20)
    recipient = models.CharField(max_length=320)
    context = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=MailState.choices, default=MailState.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    refusals = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=now, null=True, blank=True)
    created_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    html = models.TextField(blank=True)
    text = models.TextField(blank=True)
    reply = models.CharField(max_length=500, blank=True)
    copy_of = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="copies",
        db_index=False,
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["workspace", "due_at", "id"],
                condition=models.Q(due_at__isnull=False),
                name="mail_that_waits",
            ),
            models.Index(fields=["workspace", "-id"], name="mail_by_workspace"),
            models.Index(fields=["workspace", "state", "-id"], name="mail_by_state"),
            models.Index(fields=["workspace", "template", "-id"], name="mail_by_template"),
            GinIndex(WORDS, name="mail_by_words"),
            models.Index(
                fields=["workspace", "finished_at"],
                condition=models.Q(finished_at__isnull=False),
                name="mail_by_its_end",
            ),
            models.Index(
                fields=["copy_of"],
                condition=models.Q(copy_of__isnull=False),
                name="copies_of_a_mail",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=MailState.values), name="a_mail_is_in_a_known_state"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=UNDER_WAY, due_at__isnull=False, finished_at=None)
                | models.Q(due_at=None, finished_at__isnull=False) & ~models.Q(state__in=UNDER_WAY),
                name="a_mail_is_due_until_it_is_finished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} to {self.recipient}"


class Attempt(models.Model):
    """One try to hand a mail over: to which server, from which public address (`source`, empty
    where that is unknown), and what it answered.

    Written before anything is said to the server, so that one without an end tells of a worker
    that died in the middle of it.
    """

    mail = models.ForeignKey(Mail, on_delete=models.CASCADE, related_name="tries", db_index=False)
    number = models.PositiveIntegerField()
    server = models.CharField(max_length=300)
    source = models.CharField(max_length=45, blank=True)
    started_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    stage = models.CharField(max_length=20, blank=True)
    reply = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mail", "number"], name="attempts_are_numbered_once")
        ]

    def __str__(self) -> str:
        return f"attempt {self.number}"


class MailQueue(models.Model):
    """How a workspace's mail is doing: its server's failures in a row, and until when it rests.

    `failing_since` is set while the server fails; `trouble` tells what was wrong with it (see
    `pipeline.troubles`). `allowance` is how many mails the rate limit allowed at `allowance_at`.
    `drain` names the drain that is at work: one that finds another's name there has been taken
    for dead, and stops. `keep_days` is how long the log is kept.
    """

    workspace = models.OneToOneField(
        Workspace, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    paused_until = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    trouble = models.JSONField(default=dict, blank=True)
    alarmed_at = models.DateTimeField(null=True, blank=True)
    allowance = models.FloatField(default=0)
    allowance_at = models.DateTimeField(null=True, blank=True)
    drain = models.UUIDField(null=True, blank=True)
    keep_days = models.PositiveIntegerField(default=90)

    def __str__(self) -> str:
        return f"queue of {self.workspace_id}"
