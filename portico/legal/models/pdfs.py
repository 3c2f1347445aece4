from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from portico.files.models import StoredFile
from portico.kernel.ids import new_id

PAGE_BREAK = "\f"
"""Between the texts of two pages, in a document's text."""


class CheckedPdf(models.Model):
    """What was learned of an uploaded PDF while it was cleaned; it goes when its file goes.

    `sizes` are those of the pages' images in pixels; `removed` counts what was taken out, by kind.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    file = models.OneToOneField(StoredFile, on_delete=models.CASCADE, related_name="checked_pdf")
    title = models.CharField(max_length=200, blank=True)
    sizes = ArrayField(ArrayField(models.PositiveIntegerField(), size=2))
    text = models.TextField(blank=True)
    removed = models.JSONField(default=dict)
    repaired = models.BooleanField(default=False)
    signed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.title or str(self.file)

    @property
    def pages(self) -> int:
        """How many pages it has."""
        return len(self.sizes)
