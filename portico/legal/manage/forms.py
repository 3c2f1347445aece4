"""The form for a new version: a PDF a language, when it counts, and what it asks of members."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portico.branding.picture_form import PictureInput
from portico.kernel.errors import Invalid, TooOften
from portico.legal.isolated.refusals import PdfTooLarge
from portico.legal.models import CheckedPdf, LegalKind, LegalVersion
from portico.legal.payload import LegalEntry
from portico.legal.rules.isolation import MIB, MOST_BYTES
from portico.legal.services.intake import checked_pdfs, take_in_document
from portico.ui.forms import Choice, CurrentFile
from portico.ui.texts import say
from portico.workspaces.models import Workspace

MINUTES = "%Y-%m-%dT%H:%M"
MATERIAL, CORRECTION = "material", "correction"
KINDS_OF_CHANGE = {
    MATERIAL: Choice(
        _("Material change"),
        _("Every member is asked to accept it before going on, and told so by mail."),
    ),
    CORRECTION: Choice(
        _("Correction"), _("Such as a typing error. Nobody is asked to accept it again.")
    ),
}
COOKIE_CHANGES = {
    MATERIAL: Choice(_("Material change"), _("Visitors are asked about cookies again.")),
    CORRECTION: Choice(_("Correction"), _("Such as a typing error. Nobody is asked again.")),
}


class WorkspaceTimeField(forms.DateTimeField):
    """A moment in a workspace's time zone, whatever zone the person's pages are in."""

    zone: ZoneInfo

    def to_python(self, value: Any) -> datetime | None:
        """The moment; times that a clock skips or has twice are refused."""
        with timezone.override(self.zone):
            return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """How a moment stands in the field."""
        if isinstance(value, datetime):
            return value.astimezone(self.zone).strftime(MINUTES)
        return value


class PublishForm(forms.Form):
    """`before` is the version that this one follows, whose documents stay where none is chosen.

    `documents` says, once the form was checked, which PDF there is in which language.
    """

    based_on = forms.IntegerField(widget=forms.HiddenInput)
    governing = forms.ChoiceField(
        label=_("Language that counts"),
        help_text=_(
            "Where the texts of the languages differ. It is also what people read who have chosen "
            "a language without a document."
        ),
        widget=forms.RadioSelect(attrs={"data-look": "segmented"}),
    )
    material = forms.ChoiceField(
        label=_("What changes"),
        choices=list(KINDS_OF_CHANGE.items()),
        initial=MATERIAL,
        widget=forms.RadioSelect,
    )
    effective_at = WorkspaceTimeField(
        label=_("Comes into force on"),
        required=False,
        input_formats=[MINUTES, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTES),
    )

    def __init__(
        self,
        *args: Any,
        workspace: Workspace,
        kind: LegalKind,
        before: LegalVersion | None,
        too_large: frozenset[str] = frozenset(),
        at: datetime,
        **kwargs: Any,
    ) -> None:
        self.workspace, self.kind, self.before = workspace, kind, before
        self.too_large, self.at = too_large, at
        self.documents: dict[str, CheckedPdf] = {}
        super().__init__(*args, **kwargs)
        self._add_languages()
        self._fit_to(before)

    @property
    def file_fields(self) -> list[str]:
        """The names of the fields for PDFs, in the order of the languages."""
        return [f"file_{code}" for code, _name in settings.LANGUAGES]

    def clean(self) -> dict[str, Any]:
        """Take in what was uploaded; what was taken in before travels in the hidden fields."""
        ids: dict[str, str] = {}
        for name in self.file_fields:
            kept = str(self.cleaned_data.get(f"{name}_id") or "")
            try:
                ids[name] = self._taken_in(name, kept)
            except (Invalid, TooOften) as error:
                ids[name] = kept
                self.add_error(name, say(error))
        data = cast("QueryDict", self.data).copy()
        for name, sha256 in ids.items():
            data[f"{name}_id"] = sha256
        self.data = data
        self._show(ids)
        if not self.documents and not any(name in self.errors for name in self.file_fields):
            self.add_error(self.file_fields[0], gettext("Choose a PDF in at least one language."))
        if self.documents and self.cleaned_data.get("governing") not in self.documents:
            self._choose_governing()
        return self.cleaned_data

    def entries(self) -> list[dict[str, Any]]:
        """The new version as the settings take it. Call it once the form is valid."""
        return [
            LegalEntry(
                kind=self.kind,
                language=language,
                version=None,
                file=pdf.file.sha256,
                effective_at=self.cleaned_data["effective_at"],
                material=self.cleaned_data["material"] != CORRECTION,
                governing=language == self.cleaned_data["governing"],
            ).model_dump()
            for language, pdf in self.documents.items()
        ]

    def _add_languages(self) -> None:
        ids = {}
        for code, name in settings.LANGUAGES:
            field = f"file_{code}"
            self.fields[field] = forms.FileField(
                label=name,
                required=False,
                allow_empty_file=True,
                max_length=1000,
                widget=PictureInput(attrs={"accept": "application/pdf,.pdf"}),
            )
            self.fields[f"{field}_id"] = forms.CharField(
                required=False, max_length=64, widget=forms.HiddenInput
            )
            ids[field] = self._of_before(code)
            self.initial.setdefault(f"{field}_id", ids[field])
        self._show(ids)

    def _fit_to(self, before: LegalVersion | None) -> None:
        governing = cast("forms.ChoiceField", self.fields["governing"])
        governing.choices = list(settings.LANGUAGES)
        governing.initial = before.governing_language if before else self.workspace.default_language
        material = cast("forms.ChoiceField", self.fields["material"])
        if self.kind is LegalKind.COOKIES:
            material.choices = list(COOKIE_CHANGES.items())
        if before is None:
            material.required, material.widget = False, forms.HiddenInput()
        time = cast("WorkspaceTimeField", self.fields["effective_at"])
        time.zone = ZoneInfo(self.workspace.time_zone)
        time.help_text = gettext(
            "In the workspace's time zone (%(zone)s). Left empty: as soon as it is published. From "
            "then on it cannot be withdrawn."
        ) % {"zone": self.workspace.time_zone}

    def _of_before(self, language: str) -> str:
        """The document of the version before, which stays unless another one is chosen."""
        if self.before is None:
            return ""
        found = [one for one in self.before.documents.all() if one.language == language]
        return found[0].sha256 if found else ""

    def _taken_in(self, name: str, kept: str) -> str:
        if name in self.too_large:
            raise PdfTooLarge(limit=f"{MOST_BYTES // MIB} MiB")
        upload = self.cleaned_data.get(name)
        if upload is False:
            return ""
        if not isinstance(upload, UploadedFile):
            return kept
        stored, _removed = take_in_document(
            self.workspace, upload.read(), name=upload.name or "", at=self.at
        )
        return stored.sha256

    def _show(self, ids: Mapping[str, str]) -> None:
        """Show the PDFs of these ids, as far as this workspace has them."""
        found = checked_pdfs(self.workspace, ids.values())
        self.documents = {
            name.removeprefix("file_"): found[sha256]
            for name, sha256 in ids.items()
            if sha256 in found
        }
        for name, sha256 in ids.items():
            pdf = found.get(sha256)
            widget = cast("PictureInput", self.fields[name].widget)
            widget.current = _current(pdf) if pdf else None

    def _choose_governing(self) -> None:
        """Of one language, that one; of several, only a person can say."""
        if len(self.documents) == 1:
            (language,) = self.documents
            self.cleaned_data["governing"] = language
            data = cast("QueryDict", self.data).copy()
            data["governing"] = language
            self.data = data
            return
        self.add_error("governing", gettext("Choose one of the languages that have a document."))


def _current(pdf: CheckedPdf) -> CurrentFile:
    url = reverse("legal_upload_page", args=[pdf.file.sha256, 1])
    return CurrentFile(pdf.file.name or pdf.title or pdf.file.sha256[:12], url)
