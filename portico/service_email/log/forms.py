from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portico.service_email.log.queries import Filters
from portico.service_email.look.content import all_templates
from portico.service_email.models import MailState
from portico.service_email.pipeline.rules import FEWEST_DAYS, MOST_DAYS

# Far from where dates stop being dates in some time zone.
FIRST, LAST = dt.date(1970, 1, 1), dt.date(2999, 12, 31)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[MinValueValidator(FIRST), MaxValueValidator(LAST)],
    )


class LogForm(forms.Form):
    """What to look for in the mail log. The dates are days of the current time zone."""

    q = forms.CharField(required=False, max_length=200)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=lambda: [("", _("Any state")), *MailState.choices],
    )
    template = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=lambda: [("", _("Any kind")), *((one.name, one.title) for one in all_templates())],
    )
    since = _day(_("From"))
    until = _day(_("To"))

    def clean(self) -> dict[str, Any]:
        """Refuse a span that ends before it begins."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("This day is before “From”."))
        return cleaned

    @property
    def narrowing(self) -> list[BoundField]:
        """The fields under *Filters*: the words and the state stand outside."""
        return [self["template"], self["since"], self["until"]]

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
            state=asked["state"],
            template=asked["template"],
            since=_start_of(asked["since"]),
            until=_start_of(until + dt.timedelta(days=1)) if until else None,
        )

    def asked(self) -> dict[str, str]:
        """The filters that are set, as the address names them."""
        return {name: str(value) for name, value in self.cleaned_data.items() if value}


class RetentionForm(forms.Form):
    """How long the log is kept; the verb knows the limits."""

    days = forms.IntegerField(
        label=_("Days"),
        help_text=_("From 7 to 730. Mails that are still to be sent stay, however old they are."),
        widget=forms.NumberInput(
            attrs={"data-width": "short", "min": FEWEST_DAYS, "max": MOST_DAYS}
        ),
    )


def _start_of(day: dt.date | None) -> dt.datetime | None:
    if day is None:
        return None
    return dt.datetime.combine(day, dt.time.min, tzinfo=timezone.get_current_timezone())
