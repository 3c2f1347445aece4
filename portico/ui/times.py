"""Times as people say them, and as they are."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

MOMENT = timedelta(seconds=45)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MONTH = timedelta(days=30)


def exactly(value: datetime) -> str:
    """The time in the current language and time zone, with the zone's name."""
    local = timezone.localtime(value)
    return f"{date_format(local, 'DATETIME_FORMAT')} {local.tzname() or ''}".strip()


def relatively(value: datetime, *, at: datetime) -> str:
    """How far `value` lies from `at`: "3 days ago", "in 5 minutes"; beyond a month, the date."""
    distance = abs(at - value)
    past = value <= at
    if distance < MOMENT:
        return gettext("just now") if past else gettext("in a moment")
    if distance < HOUR:
        return _minutes(max(round(distance.total_seconds() / 60), 1), past=past)
    if distance < DAY:
        return _hours(round(distance.total_seconds() / 3600), past=past)
    if distance < MONTH:
        days = abs((timezone.localtime(at).date() - timezone.localtime(value).date()).days)
        return _days(days, past=past)
    return date_format(timezone.localtime(value), "DATE_FORMAT")


def _minutes(count: int, *, past: bool) -> str:
    if past:
        return ngettext("%(count)d minute ago", "%(count)d minutes ago", count) % {"count": count}
    return ngettext("in %(count)d minute", "in %(count)d minutes", count) % {"count": count}


def _hours(count: int, *, past: bool) -> str:
    if past:
        return ngettext("%(count)d hour ago", "%(count)d hours ago", count) % {"count": count}
    return ngettext("in %(count)d hour", "in %(count)d hours", count) % {"count": count}


def _days(count: int, *, past: bool) -> str:
    if count <= 1:
        return gettext("yesterday") if past else gettext("tomorrow")
    if past:
        return ngettext("%(count)d day ago", "%(count)d days ago", count) % {"count": count}
    return ngettext("in %(count)d day", "in %(count)d days", count) % {"count": count}
