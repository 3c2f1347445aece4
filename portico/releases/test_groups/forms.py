from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portico.kernel.errors import Invalid, InvalidFields
from portico.miniprograms.forms import PLAIN
from portico.miniprograms.rules.testers import NotCsv
from portico.miniprograms.target_forms import LARGEST_LIST, at_line, text_of_list
from portico.releases.models import TestGroup
from portico.releases.test_groups.rules import (
    LONGEST_NAME,
    LONGEST_NOTE,
    MOST,
    ListRead,
    check_ids,
    read_ids,
)
from portico.releases.test_groups.services import Wanted
from portico.ui.texts import say


class UserIdsForm(forms.Form):
    """User ids: typed, pasted, in a file, or both.

    Once it was read, the text shows all of them, one a line, those of the file as well. So whoever
    gets the form back has everything there to mend, and errors name the lines that are shown.
    """

    user_ids = forms.CharField(
        label=gettext_lazy("User ids"),
        required=False,
        max_length=LARGEST_LIST,
        strip=False,
        widget=forms.Textarea(attrs={**PLAIN, "rows": 8, "placeholder": "u-1001\nu-1002"}),
        help_text=gettext_lazy("One a line, as the super app names its users."),
    )
    file = forms.FileField(
        label=gettext_lazy("More from a file"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
        help_text=gettext_lazy(
            "In UTF-8, one user id a line; or a table as CSV with headings, that of the user ids "
            "being “user_id”."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.read = ListRead()

    def clean(self) -> dict[str, Any] | None:
        """Read both lists as one."""
        cleaned = super().clean()
        if "user_ids" not in self.cleaned_data:
            return cleaned
        typed, filed = read_ids(self.cleaned_data["user_ids"]), self._filed()
        moved = {len(typed.ids) + number: one for number, one in filed.errors.items()}
        self.read = ListRead((*typed.ids, *filed.ids), {**typed.errors, **moved})
        data = cast("QueryDict", self.data).copy()
        data[self.add_prefix("user_ids")] = "\n".join(self.read.ids)
        self.data = data
        if self.read.errors:  # then say at once what else is wrong
            wrong = check_ids(self.read.ids)[1] | self.read.errors
            self.refuse(InvalidFields({f"user_ids.{line}": wrong[line] for line in sorted(wrong)}))
        return cleaned

    def refuse(self, error: Invalid) -> None:
        """Put what is wrong beside its field, with the line that it is in."""
        errors = error.errors if isinstance(error, InvalidFields) else {"": error}
        for place, one in errors.items():
            name, _dot, number = place.partition(".")
            known = name if name in self.fields else None
            self.add_error(known, at_line(number, one) if known == "user_ids" else say(one))

    def _filed(self) -> ListRead:
        upload: UploadedFile[bytes] | None = self.cleaned_data.get("file")
        if upload is None:
            return ListRead()
        try:
            return read_ids(text_of_list(upload))
        except NotCsv as error:
            self.add_error("file", say(error))
            return ListRead()


class GroupForm(UserIdsForm):
    """A group of testers. The verbs know what is accepted."""

    field_order = ("name", "note", "user_ids", "file")

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=20 * LONGEST_NAME,  # the verb says what is too long
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Such as “Branch staff”: it is what releases call them."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=20 * LONGEST_NOTE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Who they are, or what they test."),
    )

    def __init__(self, *args: Any, group: TestGroup | None = None, **kwargs: Any) -> None:
        if group is not None:
            ids = "\n".join(group.user_ids)
            kwargs["initial"] = {"name": group.name, "note": group.note, "user_ids": ids}
        super().__init__(*args, **kwargs)
        text = _("One a line, as the super app names its users; 1 to %(most)s, with the file's.")
        self.fields["user_ids"].help_text = text % {"most": f"{MOST:,}"}

    def wanted(self) -> Wanted:
        """What was asked for. Call it once the form is valid."""
        return Wanted(self.cleaned_data["name"], self.cleaned_data["note"], self.read.ids)
