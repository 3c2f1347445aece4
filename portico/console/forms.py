from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portico.audit.models import AuditPerson
from portico.audit.queries import Filters
from portico.console.entries import SENTENCES, VIAS

# Far from where dates stop being dates in some time zone.
FIRST, LAST = dt.date(1970, 1, 1), dt.date(2999, 12, 31)


class AuditForm(forms.Form):
    """What to look for in the audit log. The dates are days of the current time zone."""

    q = forms.CharField(required=False, max_length=200)
    action = forms.ChoiceField(
        label=_("What"),
        required=False,
        choices=lambda: [
            ("", _("Anything")),
            *sorted(SENTENCES.items(), key=lambda one: str(one[1])),
        ],
    )
    person = forms.TypedChoiceField(label=_("Who"), required=False, coerce=UUID, empty_value=None)
    via = forms.ChoiceField(
        label=_("Via"), required=False, choices=lambda: [("", _("Any way")), *VIAS.items()]
    )
    since = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[MinValueValidator(FIRST), MaxValueValidator(LAST)],
    )
    until = forms.DateField(
        label=_("To"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[MinValueValidator(FIRST), MaxValueValidator(LAST)],
    )

    def __init__(self, *args: Any, people: list[AuditPerson], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = self.fields["person"]
        assert isinstance(person, forms.ChoiceField)  # noqa: S101 - declared above
        person.choices = [("", _("Anybody")), *((str(one.id), _named(one)) for one in people)]

    def clean(self) -> dict[str, Any]:
        """Refuse a span that ends before it begins."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("This day is before “From”."))
        return cleaned

    @property
    def narrowing(self) -> list[BoundField]:
        """The fields other than the words."""
        return [field for field in self if field.name != "q"]

    @property
    def narrows(self) -> bool:
        """Whether one of them is set, or wrong."""
        return any(field.data or field.errors for field in self.narrowing)

    def filters(self) -> Filters:
        """What was asked for. Call it once the form is valid."""
        asked = self.cleaned_data
        until = asked["until"]
        return Filters(
            words=asked["q"],
            action=asked["action"],
            person_id=asked["person"],
            via=asked["via"],
            since=_start_of(asked["since"]),
            until=_start_of(until + dt.timedelta(days=1)) if until else None,
        )

    def asked(self) -> dict[str, str]:
        """The filters that are set, as the address names them."""
        return {name: str(value) for name, value in self.cleaned_data.items() if value}


def _start_of(day: dt.date | None) -> dt.datetime | None:
    if day is None:
        return None
    return dt.datetime.combine(day, dt.time.min, tzinfo=timezone.get_current_timezone())


def _named(person: AuditPerson) -> str:
    return f"{person.name} ({person.email})" if person.name else person.email
