"""Pictures in a section's form: also for other sections that take one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext

from portico.basic_settings.sections import SettingsForm
from portico.branding.rules import LIMITS, Purpose, size_text
from portico.branding.rules.errors import TooLarge
from portico.branding.services import take_in_picture
from portico.branding.showing import current_file
from portico.files.models import StoredFile
from portico.files.services import files_of
from portico.files.uploads import MAX_FILE, oversized
from portico.kernel.errors import Invalid
from portico.ui.forms import CurrentFile
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


def picture_field(label: Any, help_text: Any, accept: str) -> forms.FileField:
    """A field that takes a picture of these types, or keeps or removes the one that is there."""
    return forms.FileField(
        label=label,
        help_text=help_text,
        required=False,
        allow_empty_file=True,
        max_length=1000,
        widget=PictureInput(attrs={"accept": accept}),
    )


def picture_id_field() -> forms.CharField:
    """The hidden field beside a picture's, in which the one that was taken in travels."""
    return forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class PictureForm(SettingsForm):
    """A form with pictures. They are taken in as soon as they arrive, so that an error elsewhere
    loses none.

    `picture_fields` says for what each is taken in; beside the field `<name>`, made by
    `picture_field`, a form has `<name>_id`, made by `picture_id_field`.
    """

    picture_fields: ClassVar[Mapping[str, Purpose]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.too_large: set[str] = set()
        self.removed: list[str] = []
        self.show_pictures(
            {name: self.initial.get(f"{name}_id", "") for name in self.picture_fields}
        )

    def receive(self, request: HttpRequest) -> None:
        """Learn which files were dropped for their size while they streamed in."""
        self.too_large = oversized(request)

    def clean(self) -> dict[str, Any]:
        """Take in what was uploaded."""
        for name, purpose in self.picture_fields.items():
            kept = self.cleaned_data.get(f"{name}_id", "")
            try:
                kept = self._taken_in(name, purpose, kept)
            except Invalid as error:
                self.add_error(name, say(error))
            # Carried on in this form's answer and in the next one's hidden field.
            self.cleaned_data[f"{name}_id"] = kept
        ids = {name: self.cleaned_data[f"{name}_id"] for name in self.picture_fields}
        data = cast(QueryDict, self.data).copy()
        for name, sha256 in ids.items():
            data[f"{name}_id"] = sha256
        self.data = data
        self.show_pictures(ids)
        return self.cleaned_data

    def remarks(self) -> tuple[str, ...]:
        """What was taken out of the pictures, so that they do no harm."""
        return tuple(self.removed)

    def show_pictures(self, ids: Mapping[str, str]) -> dict[str, StoredFile]:
        """Show the pictures of these ids; returns those that are kept, by hash."""
        stored = files_of(self.workspace, [sha256 for sha256 in ids.values() if sha256])
        self.pictures = {name: current_file(stored.get(sha256)) for name, sha256 in ids.items()}
        for name, picture in self.pictures.items():
            cast("PictureInput", self.fields[name].widget).current = picture
        return stored

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
