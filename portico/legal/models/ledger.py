from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portico.accounts.models import Person
from portico.audit.models import AuditPerson
from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.legal.models.versions import LegalVersion
from portico.workspaces.models import Membership, Workspace


class LedgerEvent(models.TextChoices):
    """What is written down about a member and a version of a document, or about a member alone."""

    SHOWN = "shown", _("Shown")
    OPENED = "opened", _("Opened")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    EXEMPTED = "exempted", _("Exempted")
    EXEMPTION_ENDED = "exemption_ended", _("Exemption ended")


# What can happen once to a member and a version; declining can be done again.
ONCE = (LedgerEvent.SHOWN, LedgerEvent.OPENED, LedgerEvent.ACCEPTED)


class LegalLedger(models.Model):
    """One line of the ledger. The database refuses to update, delete or truncate these rows.

    `person` is whom it is about, by an id that resolves through `AuditPerson`, which can be erased;
    `membership_id` tells one time of belonging to the workspace from a later one. What was shown is
    copied: a line reads well by itself. `session` is a keyed digest that ties lines of one session
    together and leads to no session; `browser` is as coarse as "Firefox on Windows". There is no
    address of the network in it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    membership_id = models.UUIDField()
    person = models.ForeignKey(
        AuditPerson, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    event = models.CharField(max_length=20, choices=LedgerEvent.choices)
    version = models.ForeignKey(LegalVersion, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, blank=True)
    number = models.PositiveIntegerField(null=True)
    language = models.CharField(max_length=20, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    via = models.CharField(max_length=20)
    browser = models.CharField(max_length=80, blank=True)
    session = models.CharField(max_length=16, blank=True)
    by = models.ForeignKey(  # who exempted them; empty where they did it themselves
        AuditPerson, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True)
    until = models.DateTimeField(null=True)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(event__in=LedgerEvent.values),
                name="a_line_of_the_ledger_is_one_of_the_six",
            ),
            models.CheckConstraint(
                condition=Q(event__in=[LedgerEvent.EXEMPTED, LedgerEvent.EXEMPTION_ENDED])
                ^ Q(version__isnull=False),
                name="a_line_is_about_a_version_or_an_exemption",
            ),
            models.UniqueConstraint(
                fields=["membership_id", "version", "event"],
                condition=Q(event__in=[event.value for event in ONCE]),
                name="shown_opened_and_accepted_once_each",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "kind", "id"], name="ledger_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.kind} {self.number or ''}".strip()


class LegalAnswer(models.Model):
    """What a member answered to a version, as it stands: what the gate asks at every request.

    The ledger says how it came to that. It goes with the membership: who is invited again later
    is asked again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(LegalVersion, on_delete=models.PROTECT, related_name="+")
    accepted = models.BooleanField()  # else declined
    language = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["membership", "version"], name="a_member_answers_a_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{'accepted' if self.accepted else 'declined'} {self.version}"


class LegalExemption(models.Model):
    """That a member need not accept anything, until a moment or for good."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=500)
    until = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["membership"],
                condition=Q(ended_at=None),
                name="a_member_has_one_exemption_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="an_exemption_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"exemption until {self.until or 'further notice'}"


class LegalNotice(models.Model):
    """That a member was told of a version by mail, or of its withdrawal: each once."""

    class What(models.TextChoices):
        CHANGED = "changed"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.ForeignKey(LegalVersion, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=10, choices=What.choices)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "what", "membership"], name="a_member_is_told_of_a_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.version}"


class LegalKey(models.Model):
    """The key by which a workspace signs its evidence; the private half is a secret."""

    workspace = models.OneToOneField(
        Workspace, primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    secret_id = models.UUIDField()
    public_pem = models.TextField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return "a key for evidence"
