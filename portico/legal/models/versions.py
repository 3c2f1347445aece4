from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from portico.audit.models import AuditPerson
from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.workspaces.models import Workspace


class LegalKind(models.TextChoices):
    """What kinds of documents a workspace publishes; the value is part of public addresses."""

    TERMS = "terms-of-service", _("Terms of Service")
    PRIVACY = "privacy-policy", _("Privacy Policy")
    COOKIES = "cookie-notice", _("Cookie Notice")


class LegalVersion(models.Model):
    """A version of one of the documents: a PDF for each language, in force from a moment on.

    It never changes, but that it can be withdrawn as long as it is not in force.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=LegalKind.choices)
    number = models.PositiveIntegerField()
    # Shown where there is no document in the reader's language, and what counts where texts differ.
    governing_language = models.CharField(max_length=20)
    material = models.BooleanField()  # else a correction, which asks nobody to accept again
    effective_at = models.DateTimeField()
    published_at = models.DateTimeField(default=now)
    author = models.ForeignKey(
        AuditPerson, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "kind", "number"], name="versions_of_a_kind_are_numbered_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=LegalKind.values), name="a_kind_is_one_of_the_three"
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None)
                | models.Q(withdrawn_at__lt=models.F("effective_at")),
                name="only_a_version_not_yet_in_force_is_withdrawn",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["workspace", "kind", "-effective_at", "-number"], name="version_by_effect"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class LegalDocument(models.Model):
    """The PDF of a version in one language, as it was cleaned: what is served and hashed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.ForeignKey(LegalVersion, on_delete=models.CASCADE, related_name="documents")
    language = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    pages = models.PositiveIntegerField()
    # Of the pages' images, in pixels: a page in a browser knows where each will stand.
    sizes = ArrayField(ArrayField(models.PositiveIntegerField(), size=2), default=list)
    text = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "language"], name="a_version_has_one_document_a_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version} ({self.language})"
