from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portico.basic_settings.sections import SettingsForm
from portico.branding.rules import LIMITS, Purpose, size_text
from portico.branding.rules.errors import TooLarge
from portico.branding.services import PICTURES, is_square, take_in_picture
from portico.branding.showing import FITS, current_file
from portico.files.services import files_of
from portico.files.uploads import MAX_FILE, oversized
from portico.kernel.errors import Invalid
from portico.ui.forms import ColorInput, CurrentFile
from portico.ui.texts import say

LOGO_TYPES = "image/png,image/jpeg,image/webp,image/svg+xml,.svg"
FAVICON_TYPES = "image/x-icon,image/vnd.microsoft.icon,image/png,image/svg+xml,.ico,.svg"


class PictureInput(forms.ClearableFileInput):
    """A file input that shows the picture that is there, whether saved or just taken in."""

    current: CurrentFile | None = None

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Show `current` in the place of the initial value."""
        return super().get_context(name, self.current or value, attrs)

    def is_initial(self, value: Any) -> bool:
        """Whether there is something to show and to remove."""
        return isinstance(value, CurrentFile)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The upload; whoever chose one and *Remove* as well wants the old one gone."""
        return files.get(name) or super().value_from_datadict(data, files, name)


def _picture_field(label: Any, help_text: Any, accept: str) -> forms.FileField:
    return forms.FileField(
        label=label,
        help_text=help_text,
        required=False,
        allow_empty_file=True,
        max_length=1000,
        widget=PictureInput(attrs={"accept": accept}),
    )


class BrandingForm(SettingsForm):
    """Pictures are taken in as soon as they arrive, so that an error elsewhere loses none.

    What was taken in travels in the hidden field `<name>_id`.
    """

    advanced: tuple[str, ...] = ("dark_logo", "favicon_fit")

    logo = _picture_field(
        _("Logo"),
        _(
            "PNG, JPEG, WebP or SVG; up to 1 MiB; at least 64 pixels high; from square to 8:1. "
            "Empty: the first letter of the name."
        ),
        LOGO_TYPES,
    )
    favicon = _picture_field(
        _("Favicon"),
        _("ICO, PNG or SVG; up to 256 KiB; square. Empty: made from the logo."),
        FAVICON_TYPES,
    )
    brand_color = forms.CharField(
        label=_("Brand color"),
        required=False,
        max_length=40,
        widget=ColorInput(attrs={"data-width": "short"}),
        help_text=_("For buttons and links. Empty: the platform's own."),
    )
    dark_logo = _picture_field(
        _("Dark logo"), _("Shown on dark pages in place of the logo. As the logo."), LOGO_TYPES
    )
    favicon_fit = forms.ChoiceField(
        label=_("If the favicon is not square"),
        required=False,
        choices=[(value, choice) for value, choice in FITS.items()],
        widget=forms.RadioSelect,
    )
    logo_id = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    dark_logo_id = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    favicon_id = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.too_large: set[str] = set()
        self.removed: list[str] = []
        self._show({name: self.initial.get(f"{name}_id", "") for name in PICTURES})

    def receive(self, request: HttpRequest) -> None:
        """Learn which files were dropped for their size while they streamed in."""
        self.too_large = oversized(request)

    def clean(self) -> dict[str, Any]:
        """Take in what was uploaded."""
        for name, purpose in PICTURES.items():
            kept = self.cleaned_data.get(f"{name}_id", "")
            try:
                kept = self._taken_in(name, purpose, kept)
            except Invalid as error:
                self.add_error(name, say(error))
            # Carried on in this form's answer and in the next one's hidden field.
            self.cleaned_data[f"{name}_id"] = kept
        ids = {name: self.cleaned_data[f"{name}_id"] for name in PICTURES}
        data = cast(QueryDict, self.data).copy()
        for name, sha256 in ids.items():
            data[f"{name}_id"] = sha256
        self.data = data
        self._show(ids)
        return self.cleaned_data

    def remarks(self) -> tuple[str, ...]:
        """What was taken out of the pictures, so that they do no harm."""
        return tuple(self.removed)

    def values(self) -> dict[str, Any]:
        """The payload's fields, without those that the form refused."""
        given = self.cleaned_data
        return {
            **{name: given[f"{name}_id"] or None for name in PICTURES},
            "favicon_fit": given.get("favicon_fit") or None,
            "brand_color": given.get("brand_color", ""),
        }

    def _taken_in(self, name: str, purpose: Purpose, kept: str) -> str:
        upload = self.cleaned_data.get(name)
        if name in self.too_large:
            limit = size_text(LIMITS[purpose].most_bytes)
            raise TooLarge(size=gettext("more than %s") % size_text(MAX_FILE), limit=limit)
        if upload is False:
            return ""
        if not upload or isinstance(upload, CurrentFile):
            return kept
        stored, removed = take_in_picture(
            self.workspace, upload.read(), purpose=purpose, name=upload.name, at=self.at
        )
        self.removed += [gettext(sentence) for sentence in removed]
        return stored.sha256

    def _show(self, ids: dict[str, str]) -> None:
        """Show the pictures of these ids; offer a fit where the favicon needs one."""
        stored = files_of(self.workspace, [sha256 for sha256 in ids.values() if sha256])
        self.pictures = {name: current_file(stored.get(sha256)) for name, sha256 in ids.items()}
        for name, picture in self.pictures.items():
            cast("PictureInput", self.fields[name].widget).current = picture
        favicon = stored.get(ids["favicon"])
        if favicon is not None and not is_square(favicon):
            self.advanced = ("dark_logo",)
            self.order_fields(["logo", "favicon", "favicon_fit"])
