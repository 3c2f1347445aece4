"""A form that looks for things, some of them within a span of days."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Far from where dates stop being dates in some time zone.
FIRST, LAST = dt.date(1970, 1, 1), dt.date(2999, 12, 31)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[MinValueValidator(FIRST), MaxValueValidator(LAST)],
    )


class SpanForm(forms.Form):
    """From a day to a day, both included; they are days of the current time zone.

    A subclass adds its own fields, and names the order of all in `field_order`. `outside` are
    those that do not stand under *Filters*.
    """

    outside: tuple[str, ...] = ("q",)

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
        """The fields under *Filters*."""
        return [field for field in self if field.name not in self.outside]

    @property
    def narrows(self) -> bool:
        """Whether one of them is set, or wrong."""
        return any(field.data or field.errors for field in self.narrowing)

    @property
    def span(self) -> tuple[dt.datetime | None, dt.datetime | None]:
        """The first moment, and the first one after the last. Ask once the form is valid."""
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        return _start_of(since), _start_of(until + dt.timedelta(days=1)) if until else None

    def asked(self) -> dict[str, str]:
        """The filters that are set, as the address names them."""
        return {name: str(value) for name, value in self.cleaned_data.items() if value}


def _start_of(day: dt.date | None) -> dt.datetime | None:
    if day is None:
        return None
    return dt.datetime.combine(day, dt.time.min, tzinfo=timezone.get_current_timezone())
