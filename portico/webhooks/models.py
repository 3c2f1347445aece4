from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from ulid import ULID

from portico.audit.models import AuditPerson
from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.webhooks.rules.addresses import MOST_IN_ONE_SPELLING, without_query
from portico.workspaces.models import Workspace

MOST_OF_DESCRIPTION = 200


class Stop(models.TextChoices):
    """Why an endpoint is disabled."""

    BY_HAND = "by_hand", _("Disabled by hand")
    GONE = "gone", _("The receiver answered 410 Gone")
    FAILING = "failing", _("Every delivery failed for days")


class DeliveryState(models.TextChoices):
    """Where an event is on its way to an endpoint."""

    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed")
    HELD = "held", _("Held")
    DISCARDED = "discarded", _("Not sent")


UNDER_WAY = (DeliveryState.WAITING, DeliveryState.SENDING)


class Outcome(models.TextChoices):
    """How an attempt ended. Unknown: the worker died before it could note the answer."""

    DELIVERED = "delivered", _("Delivered")
    REFUSED = "refused", _("Refused")
    UNANSWERED = "unanswered", _("No answer")
    UNKNOWN = "unknown", _("Unknown")


class Endpoint(models.Model):
    """An address of somebody's server that is told of a workspace's events.

    `secret` and `old_secret` are ids of `portico.secrets`: both sign until `old_secret_until`.
    `failing_since` is the time of the first failed attempt that no success has followed, `failures`
    how many there were. `resting_until`: it is not called before, because it did not answer or
    asked for a rest. `quick`: its last answer did not take long; all others, those that were never
    called too, are called from a line of their own (`pipeline.queueing`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    url = models.CharField(max_length=MOST_IN_ONE_SPELLING)
    description = models.CharField(max_length=MOST_OF_DESCRIPTION, blank=True)
    events = ArrayField(models.CharField(max_length=60))
    secret = models.UUIDField()
    old_secret = models.UUIDField(null=True, blank=True)
    old_secret_until = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_because = models.CharField(max_length=10, choices=Stop.choices, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    resting_until = models.DateTimeField(null=True, blank=True)
    quick = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=now)
    changed_at = models.DateTimeField(default=now)
    # The audit log's names for people, so that erasing one empties these, too.
    created_by = models.ForeignKey(
        AuditPerson, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    changed_by = models.ForeignKey(
        AuditPerson, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(disabled_at=None, disabled_because="")
                | Q(disabled_at__isnull=False, disabled_because__in=Stop.values),
                name="a_disabled_endpoint_has_a_time_and_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(old_secret=None, old_secret_until=None)
                | Q(old_secret__isnull=False, old_secret_until__isnull=False),
                name="an_old_secret_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(events__len__gt=0), name="an_endpoint_asks_for_some_event"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["old_secret_until"],
                condition=Q(old_secret__isnull=False),
                name="endpoints_with_an_old_secret",
            )
        ]

    def __str__(self) -> str:
        return f"endpoint {self.id}"

    @property
    def enabled(self) -> bool:
        """Whether events are sent to it."""
        return self.disabled_at is None

    @property
    def label(self) -> str:
        """How people tell it from others: what they called it, else its host and path."""
        return self.description or self.shown_url

    @property
    def shown_url(self) -> str:
        """Its address without what stands behind a question mark, which is often a key."""
        return without_query(self.url)

    @property
    def is_failing(self) -> bool:
        """Whether it is called, and its last attempts failed."""
        return self.enabled and self.failing_since is not None


class Delivery(models.Model):
    """One event on its way to one endpoint, and its entry in the log.

    `body` is what is sent, the same bytes with every attempt, and `event` what its id is made of
    (`message_id`). `due_at` is when it is to be dealt with next: while it waits, when it is sent;
    while it is being sent, when its worker is taken for dead; else empty. `urgent`: somebody asked
    for it and looks on. `attempts` counts all tries; `refusals` those that failed since it was last
    put into the queue: they decide how long it waits, and when to give up. `test`: no event, but
    somebody trying the endpoint; it is tried once.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    endpoint = models.ForeignKey(
        Endpoint, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    event = models.UUIDField()
    type = models.CharField(max_length=60)
    body = models.TextField()
    state = models.CharField(
        max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING
    )
    test = models.BooleanField(default=False)
    urgent = models.BooleanField(default=False)
    attempts = models.PositiveIntegerField(default=0)
    refusals = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["endpoint", "event"], name="an_endpoint_is_sent_an_event_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=DeliveryState.values),
                name="a_delivery_is_in_a_known_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNDER_WAY, due_at__isnull=False)
                | Q(due_at=None) & ~Q(state__in=UNDER_WAY),
                name="a_delivery_is_due_while_it_is_under_way",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["endpoint", "urgent", "due_at", "id"],
                condition=Q(due_at__isnull=False),
                name="delivery_that_is_due",
            ),
            models.Index(
                fields=["due_at"], condition=Q(state="sending"), name="delivery_that_is_being_sent"
            ),
            models.Index(fields=["endpoint", "-id"], name="delivery_by_endpoint"),
            models.Index(fields=["endpoint", "state", "-id"], name="delivery_by_state"),
            models.Index(fields=["endpoint", "type", "-id"], name="delivery_by_type"),
            models.Index(fields=["created_at"], name="delivery_by_its_age"),
            models.Index(fields=["workspace"], name="delivery_by_workspace"),
        ]

    def __str__(self) -> str:
        return f"{self.type} to {self.endpoint_id}"

    @property
    def message_id(self) -> str:
        """The `webhook-id`: the same with every attempt, and for every endpoint."""
        return message_id_of(self)


class Attempt(models.Model):
    """One try to deliver: from where to where, and what was answered.

    Written before anything is sent, so that one without an end tells of a worker that died in the
    middle of it. `url` is kept without its query, which is often a key. `headers` are the few of
    the answer that help, `body` its first bytes, `cut`: there were more. `trouble` says what went
    wrong, as `{code, text, facts}`.
    """

    delivery = models.ForeignKey(
        Delivery, on_delete=models.CASCADE, related_name="tries", db_index=False
    )
    number = models.PositiveIntegerField()
    url = models.CharField(max_length=MOST_IN_ONE_SPELLING)
    started_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    source = models.CharField(max_length=60, blank=True)
    peer = models.CharField(max_length=60, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    milliseconds = models.PositiveIntegerField(null=True, blank=True)
    headers = models.JSONField(default=list)
    body = models.BinaryField(default=bytes)
    cut = models.BooleanField(default=False)
    trouble = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["delivery", "number"], name="attempts_to_deliver_are_numbered_once"
            )
        ]

    def __str__(self) -> str:
        return f"attempt {self.number}"


def message_id_of(delivery: Delivery) -> str:
    """`msg_` and the event's id as a ULID, whose order is that in which events happened."""
    return f"msg_{ULID.from_uuid(delivery.event)}"
