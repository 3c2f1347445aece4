from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portico.kernel.errors import Invalid, InvalidFields
from portico.miniprograms.forms import PLAIN
from portico.miniprograms.models import ProgramOnTarget
from portico.miniprograms.rules import variables as variable_rules
from portico.miniprograms.rules.testers import Named, NotCsv, check_testers, read_testers
from portico.miniprograms.rules.variables import OddVariable, VariableTooLong
from portico.miniprograms.services import SetUp
from portico.ui.texts import say

LARGEST_LIST = 512 * 1024  # bytes of an uploaded list of testers


class SetUpForm(forms.Form):
    """How a mini program is set up on one target. The verbs know what is accepted."""

    server_domains = forms.CharField(
        label=_("Server domains"),
        required=False,
        max_length=20_000,
        strip=False,  # errors name lines
        widget=forms.Textarea(
            attrs={**PLAIN, "rows": 6, "placeholder": "api.example.com\n*.cdn.example.com"}
        ),
        help_text=_(
            "The hosts that it talks to over https, one a line; at most 20. A port may follow, "
            "as in api.example.com:8443, and *. stands for all names below a domain."
        ),
    )

    def __init__(self, *args: Any, present: ProgramOnTarget | None = None, **kwargs: Any) -> None:
        if present is not None:
            kwargs["initial"] = {"server_domains": "\n".join(present.server_domains)}
            for number, (name, value) in enumerate(sorted(present.variables.items()), start=1):
                kwargs["initial"] |= {f"name_{number}": name, f"value_{number}": value}
        super().__init__(*args, **kwargs)
        for number in range(1, variable_rules.MOST + 1):
            self.fields[f"name_{number}"] = forms.CharField(
                label=gettext("Name %(number)s") % {"number": number},
                required=False,
                max_length=1000,
                widget=forms.TextInput(attrs={**PLAIN, "placeholder": "API_URL"}),
            )
            self.fields[f"value_{number}"] = forms.CharField(
                label=gettext("Value %(number)s") % {"number": number},
                required=False,
                max_length=20 * variable_rules.LONGEST_VALUE,
                strip=False,
                widget=forms.TextInput(attrs=PLAIN),
            )

    @property
    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The fields of the variables, two by two."""
        numbers = range(1, variable_rules.MOST + 1)
        return [(self[f"name_{number}"], self[f"value_{number}"]) for number in numbers]

    def set_up(self) -> SetUp:
        """What was asked for. Call it once the form is valid."""
        given = self.cleaned_data
        numbers = range(1, variable_rules.MOST + 1)
        return SetUp(
            server_domains=given["server_domains"].splitlines(),
            variables=[(given[f"name_{n}"], given[f"value_{n}"]) for n in numbers],
        )

    def refuse(self, error: InvalidFields) -> None:
        """Put what is wrong with a line or a pair beside it."""
        for place, one in error.errors.items():
            name, _dot, number = place.partition(".")
            if name == "server_domains":
                self.add_error(name, at_line(number, one))
            elif number:
                is_value = isinstance(one, VariableTooLong | OddVariable)
                self.add_error(f"{'value' if is_value else 'name'}_{number}", say(one))
            else:
                self.add_error(None, say(one))


class AddTestersForm(forms.Form):
    """Users of the super app who are to try a mini program: typed, pasted, or in a file."""

    testers = forms.CharField(
        label=_("User ids"),
        required=False,
        max_length=LARGEST_LIST,
        strip=False,  # errors name lines
        widget=forms.Textarea(attrs={**PLAIN, "rows": 4, "placeholder": "u-1001, Ada\nu-1002"}),
        help_text=_(
            "One a line, as the super app names its users; after a comma a note, if you like. "
            "Up to 1,000 at once."
        ),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
        help_text=_("The same as CSV, in UTF-8."),
    )

    def named(self) -> tuple[list[tuple[int, Named]], dict[int, Invalid]]:
        """Who was named, each with the number of the line, and the lines that cannot be read. Call
        it once the form is valid."""
        upload: UploadedFile[bytes] | None = self.cleaned_data["file"]
        if upload is None:
            return _read(self.cleaned_data["testers"])
        try:
            return _read(text_of_list(upload))
        except NotCsv as error:
            return [], {0: error}

    def refuse(self, errors: dict[str, Invalid]) -> None:
        """Put what is wrong with a line beside the field that it came from."""
        field = "file" if self.cleaned_data.get("file") else "testers"
        for place, one in errors.items():
            self.add_error(field, at_line(place.partition(".")[2], one))


def text_of_list(upload: UploadedFile[bytes]) -> str:
    """An uploaded list as text; raises `NotCsv` where it is no text, or a longer one than any list
    of testers."""
    content = upload.read(LARGEST_LIST + 1)
    try:
        text: str = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotCsv from None
    if len(content) > LARGEST_LIST or "\x00" in text:
        raise NotCsv
    return text


def _read(text: str) -> tuple[list[tuple[int, Named]], dict[int, Invalid]]:
    found, unread = read_testers(text)
    if unread:  # then say at once what else is wrong
        unread |= {line: one for line, one in check_testers(found)[1].items() if line}
    return found, dict(sorted(unread.items()))


def at_line(number: str, error: Invalid) -> str:
    """What is wrong, and in which line; 0 and nothing stand for all of them."""
    if not number or number == "0":
        return say(error)
    return gettext("Line %(number)s: %(what)s") % {"number": number, "what": say(error)}
